from garden.models import Order, order_paid


def pay(order: Order):
    order_paid.send(sender=Order, order=order)  # expect: DU101


def pay_with_consent(order: Order):
    if order.ai_consent:
        order_paid.send(sender=Order, order=order)
