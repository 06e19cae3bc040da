from django.db import models
from django.db.models.signals import post_save
from django.dispatch import Signal, receiver

import garden.llm


class Order(models.Model):
    email = models.EmailField()
    transcript = models.TextField()
    ai_consent = models.BooleanField(default=False)


order_paid = Signal()


@receiver(post_save, sender=Order)
def saved(sender, instance, created, **kwargs):
    if created:
        garden.llm.classify(instance.transcript)  # expect: DU101


@receiver(order_paid)
def paid(sender, order, **kwargs):
    garden.llm.classify(order.transcript)
