"""Checks that several coroutines make, and what is known once they were waited for."""

from __future__ import annotations

from tests.consent.people import labelled


def test_gather() -> None:
    labelled(
        """
        import asyncio

        async def need(user: User):
            if not user.ai_consent:
                raise PermissionError

        async def allowed(user: User) -> bool:
            return user.ai_consent

        async def kept(user: User):
            await asyncio.gather(need(user), return_exceptions=True)
            send(user.email)  # expect: DU101

        async def raised(user: User):
            await asyncio.gather(need(user))
            send(user.email)

        async def raised_too(user: User):
            await asyncio.gather(need(user), return_exceptions=False)
            send(user.email)

        async def not_awaited(user: User):
            waiting = asyncio.gather(need(user))
            send(user.email)  # expect: DU101

        async def awaited_later(user: User):
            waiting = asyncio.gather(need(user))
            await waiting
            send(user.email)

        async def waited(user: User):
            await asyncio.wait([need(user)])
            send(user.email)  # expect: DU101

        async def results(user: User):
            ok, = await asyncio.gather(allowed(user))
            if ok:
                send(user.email)

        async def results_bad(user: User):
            ok, = await asyncio.gather(allowed(user), return_exceptions=True)
            if ok:
                send(user.email)  # expect: DU101

        async def two(user: User, friend: User):
            one, other = await asyncio.gather(allowed(user), allowed(friend))
            if other:
                send(friend.email)
                send(user.email)  # expect: DU101

        async def task_group(user: User):
            async with asyncio.TaskGroup() as group:
                group.create_task(need(user))
                send(user.email)  # expect: DU101
        """
    )
