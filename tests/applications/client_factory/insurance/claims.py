from dataclasses import dataclass

from insurance.clients import Gateway, client_and_model, client_for, default_client, local_client


@dataclass
class Claimant:
    id: int
    email: str
    medical_history: str
    ai_consent: bool


def by_default(claimant: Claimant):
    return default_client().responses.create(model="m", input=claimant.medical_history)  # expect: DU101


def by_cache(claimant: Claimant):
    return client_for(claimant.id).responses.create(model="m", input=claimant.medical_history)  # expect: DU101


def by_tuple(claimant: Claimant):
    client, model = client_and_model("openai")
    return client.responses.create(model=model, input=claimant.medical_history)  # expect: DU101


def by_attribute(claimant: Claimant, gateway: Gateway):
    return gateway.chat.completions.create(  # expect: DU101
        model="m", messages=[{"role": "user", "content": claimant.medical_history}]
    )


def checked(claimant: Claimant, gateway: Gateway):
    if not claimant.ai_consent:
        raise PermissionError(claimant.id)
    return gateway.client.responses.create(model="m", input=claimant.medical_history)


def at_home(claimant: Claimant):
    return local_client().responses.create(model="m", input=claimant.medical_history)
