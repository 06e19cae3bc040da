import django_rq
import openai

from housing.models import Repair, Tenant

client = openai.OpenAI()


def summarise(repair_id):
    repair = Repair.objects.get(id=repair_id)
    return client.responses.create(model="m", input=repair.transcript)  # expect: DU101


def summarise_checked(repair_id):
    repair = Repair.objects.select_related("tenant").get(id=repair_id)
    if not repair.tenant.ai_consent:
        return None
    return client.responses.create(model="m", input=repair.transcript)


def greet(tenant_id):
    tenant = Tenant.objects.get(id=tenant_id)
    return client.responses.create(model="m", input=tenant.email)


def enqueue(repair: Repair):
    queue = django_rq.get_queue("default")
    queue.enqueue(summarise, repair.id)
    queue.enqueue(summarise_checked, repair.id)


def enqueue_greeting(tenant: Tenant):
    if tenant.ai_consent:
        django_rq.get_queue("default").enqueue(greet, tenant.id)
