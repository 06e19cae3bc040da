"""ORM, generators, reflection, template methods, chains, executors and closures on one way."""

from concurrent.futures import ThreadPoolExecutor

from claims.steps import step
from claims.store import Claim, open_claims


def in_threads(function, items):
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(function, item) for item in items]
        return [future.result() for future in futures]


def summaries():
    summary = step("claims.steps.Summary")

    def one(claim: Claim):
        return summary.run(claim)

    return in_threads(one, open_claims())  # expect: DU101


def numbers():
    numbering = step("claims.steps.Numbering")
    return in_threads(lambda claim: numbering.run(claim), open_claims())


def of_consenting():
    summary = step("claims.steps.Summary")

    def one(claim: Claim):
        if not claim.holder.ai_consent:
            return None
        return summary.run(claim)

    return in_threads(one, open_claims())
