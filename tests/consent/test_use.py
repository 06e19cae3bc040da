"""For which use a consent was given."""

from __future__ import annotations

from tests.consent.people import labelled


def test_purposes() -> None:
    labelled(
        """
        ASSISTANT = "assistant"

        class Names:
            assistant = "assistant"
            training = "model_training"

        class Job:
            purpose = "assistant"

            def run(self, user: User):
                if user.has_consent(self.purpose):
                    send(user.email)

        class TrainingJob:
            purpose = "model_training"

            def run(self, user: User):
                if user.has_consent(self.purpose):
                    send(user.email)  # expect: DU101

        def constant(user: User):
            if user.has_consent("assistant"):
                send(user.email)

        def keyword(user: User):
            if user.has_consent(purpose="assistant"):
                send(user.email)

        def wrong(user: User):
            if user.has_consent("model_training"):
                send(user.email)  # expect: DU101

        def right_for_training(user: User):
            if user.has_consent("model_training"):
                tune(user.email)

        def wrong_for_training(user: User):
            if user.has_consent("assistant"):
                tune(user.email)  # expect: DU202

        def unknown(user: User):
            if user.has_consent("newsletter"):
                send(user.email)  # expect: DU101

        def module_constant(user: User):
            if user.has_consent(ASSISTANT):
                send(user.email)

        def class_constant(user: User):
            if user.has_consent(Names.assistant):
                send(user.email)

        def class_constant_wrong(user: User):
            if user.has_consent(Names.training):
                send(user.email)  # expect: DU101

        def member(user: User):
            if user.has_consent(Purpose.ASSISTANT):
                send(user.email)

        def member_value(user: User):
            if user.has_consent(Purpose.ASSISTANT.value):
                send(user.email)

        def member_wrong(user: User):
            if user.has_consent(Purpose.TRAINING):
                send(user.email)  # expect: DU101

        def member_marketing(user: User):
            if user.has_consent(Purpose.MARKETING):
                send(user.email)  # expect: DU101

        def variable(user: User):
            purpose = "assistant"
            if user.has_consent(purpose):
                send(user.email)

        def one_of_two(user: User, flag):
            purpose = "assistant" if flag else "ai"
            if user.has_consent(purpose):
                send(user.email)

        def one_of_two_wrong(user: User, flag):
            purpose = "assistant" if flag else "model_training"
            if user.has_consent(purpose):
                send(user.email)  # expect: DU101

        def from_outside(user: User, purpose):
            if user.has_consent(purpose):
                send(user.email)  # expect: DU101

        def both_uses(user: User):
            if user.has_consent("assistant") and user.has_consent("model_training"):
                send(user.email)
                tune(user.email)

        def covers_all(user: User):
            if user.has_consent("ai"):
                send(user.email)

        def allowed(user: User, purpose):
            return user.has_consent(purpose)

        def allowed_twice(user: User, purpose):
            return allowed(user, purpose)

        def through_two(user: User):
            if allowed_twice(user, "assistant"):
                send(user.email)

        def through_two_wrong(user: User):
            if allowed_twice(user, "model_training"):
                send(user.email)  # expect: DU101

        def require(user: User, *, purpose=Purpose.TRAINING):
            if not user.has_consent(purpose):
                raise PermissionError

        def default_purpose(user: User):
            require(user)
            send(user.email)  # expect: DU101

        def other_than_default(user: User):
            require(user, purpose=Purpose.ASSISTANT)
            send(user.email)

        def enforced(user: User):
            registry.require_for(user, "assistant")
            send(user.email)

        def enforced_wrong(user: User):
            registry.require_for(user, purpose="model_training")
            send(user.email)  # expect: DU101

        def enforced_without(user: User):
            registry.require_for(user)
            send(user.email)  # expect: DU101
        """
    )


def test_hierarchy() -> None:
    labelled(
        """
        def for_all(user: User):
            if user.ai_consent:
                send(user.email)
                tune(user.email)

        def for_training_only(user: User):
            if user.training_consent:
                send(user.email)  # expect: DU101

        def for_nothing(user: User):
            if user.marketing_consent:
                send(user.email)  # expect: DU101

        def either(user: User):
            if user.training_consent or user.ai_consent:
                send(user.email)  # expect: DU101

        def both(user: User):
            if user.training_consent and user.ai_consent:
                send(user.email)
        """
    )
