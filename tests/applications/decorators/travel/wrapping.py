import functools
import inspect
import time


def retry(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except TimeoutError:
                    time.sleep(attempt)
            raise TimeoutError

        return wrapper

    return decorate


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.monotonic()
        result = function(*args, **kwargs)
        print(function.__name__, time.monotonic() - start)
        return result

    return wrapper


def endpoint(function):
    """Passes on the arguments that the function asks for, and no others."""
    names = inspect.signature(function).parameters

    @functools.wraps(function)
    def wrapper(**given):
        return function(**{name: value for name, value in given.items() if name in names})

    return wrapper


def consenting(function):
    @functools.wraps(function)
    def wrapper(traveller, *args, **kwargs):
        if not traveller.ai_consent:
            raise PermissionError
        return function(traveller, *args, **kwargs)

    return wrapper


class Logged:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)
