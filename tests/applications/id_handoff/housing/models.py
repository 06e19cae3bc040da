from django.db import models


class Tenant(models.Model):
    email = models.EmailField()
    ai_consent = models.BooleanField(default=False)


class Repair(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    transcript = models.TextField()
