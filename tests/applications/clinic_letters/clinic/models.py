from django.contrib.auth.models import AbstractUser
from django.db import models


class Patient(AbstractUser):
    ai_consent = models.BooleanField(default=False)


class Visit(models.Model):
    patient = models.ForeignKey(Patient, related_name="visits", on_delete=models.CASCADE)
    transcript = models.TextField()
    diagnosis = models.TextField()
