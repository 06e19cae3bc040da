from django.contrib.auth.models import AbstractUser
from django.db import models


class Pupil(AbstractUser):
    ai_consent = models.BooleanField(default=False)
    diagnosis = models.TextField()


class Essay(models.Model):
    author = models.ForeignKey(Pupil, related_name="essays", on_delete=models.CASCADE)
    transcript = models.TextField()
    graded = models.BooleanField(default=False)
