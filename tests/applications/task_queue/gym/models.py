from django.db import models


class Member(models.Model):
    email = models.EmailField()
    training_diary = models.TextField()
    medical_history = models.TextField()
    ai_consent = models.BooleanField(default=False)
