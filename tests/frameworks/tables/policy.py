"""Consent as columns: the policy of these tests."""

POLICY = """
schema = 1
[pack]
name = "tables"

[[guard]]
id = "ai"
field = ["ai_consent"]
allows = ["ai"]

[[guard]]
id = "training"
field = ["training_consent"]
allows = ["ai.training", "ai.fine_tuning"]

[[guard]]
id = "opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai"]

[[guard]]
id = "status"
field = ["consent_status"]
equals = ["granted"]
allows = ["ai"]

[[guard]]
id = "stamp"
field = ["ai_consented_at"]
set = true
allows = ["ai"]

[[guard]]
id = "row"
row = ["consents.models.Consent"]
person = "user"
where = { granted = true, withdrawn_at = "null" }
purpose = "purpose"

[purposes]
"assistant" = ["ai.inference", "ai.embedding"]
"""
