"""Sees every call of every botocore client of this process, whoever answers it.

    client.get_item(...) --> client._make_api_call --> a server, moto, a Stubber, or what a test has put there
                                    ^
             SeenCalls, put into each class of clients, asks for what BaseClient has there when the call is made

Each client is of a class of its own, made for its service. The watcher puts a descriptor into these classes: those that
there are, and those that are made later. So `mock.patch("botocore.client.BaseClient._make_api_call")` is seen as well,
before and after, and so is an attribute of that name on one client. Botocore's events tell what was sent, and what came
back before handlers changed it. Clients of aiobotocore are subclasses; their coroutines are awaited.

What cannot be seen: calls of an object that takes the place of a client or of one of its methods (`MagicMock`,
`patch.object(client, "get_item")`), because botocore has no part in them; URLs that are signed and fetched without a
client; waiters of aiobotocore, whose polls are seen as calls; other processes.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import botocore.client
import botocore.waiter
from botocore.handlers import BUILTIN_HANDLERS

from conformance.watching.own_frames import is_asked_by_paginator, own_places
from conformance.watching.watched_call import AnsweredBy, CallListener, CallPlace, OutputWrapper, WatchedCall
from conformance.wire.message import Response

METHOD = "_make_api_call"


@dataclass(slots=True)
class _Underway:
    """What the stack and botocore's events tell of a call while it is made."""

    params: Mapping[str, Any] | None = None
    output: Any = None
    is_answered: bool = False
    response: Response | None = None
    has_response: bool = False
    by_paginator: bool = False


_underway: ContextVar[_Underway | None] = ContextVar("conformance_call", default=None)
_polls: ContextVar[list[WatchedCall] | None] = ContextVar("conformance_polls", default=None)


class SeenCalls:
    """Stands in a class of clients in the place of `_make_api_call`, and hands out what is behind it, watched."""

    def __init__(self, watcher: CallWatcher) -> None:
        self.watcher = watcher

    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return _behind(owner)
        own = client.__dict__.get(METHOD)
        method = own if own is not None else _behind(type(client)).__get__(client, type(client))
        return functools.partial(self.watcher.call, client, method)

    def __set__(self, client: Any, value: Any) -> None:
        client.__dict__[METHOD] = value

    def __delete__(self, client: Any) -> None:
        try:
            del client.__dict__[METHOD]
        except KeyError:
            raise AttributeError(METHOD) from None


def _behind(owner: type) -> Any:
    """What a class has under the name without the watcher; a class or a mock is its own bound form."""
    for each in owner.__mro__:
        found = each.__dict__.get(METHOD)
        if found is not None and not isinstance(found, SeenCalls):
            return found if hasattr(found, "__get__") else _Unbound(found)
    raise AttributeError(METHOD)


class _Unbound:
    """A value that is no function: a class gives it as it is, without the client."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __get__(self, client: Any, owner: type) -> Any:
        return self.value


class CallWatcher:
    """Tells its listeners of every call, while there are any. `test` is the name that calls are given."""

    def __init__(self) -> None:
        self.test = ""
        self.listeners: tuple[CallListener, ...] = ()
        self._wrappers: tuple[tuple[CallListener, OutputWrapper], ...] = ()
        self._classes: weakref.WeakSet[type] = weakref.WeakSet()
        self._heard: weakref.WeakKeyDictionary[Any, dict[str, str]] = weakref.WeakKeyDictionary()
        self._wait: Any = None
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def telling(self, listener: CallListener) -> Iterator[None]:
        """Tell a listener of every call within the context."""
        self.add(listener)
        try:
            yield
        finally:
            self.remove(listener)

    def add(self, listener: CallListener, wrap: OutputWrapper | None = None) -> None:
        """Tell a listener of every call from now on. What `wrap` makes of an output is what the caller gets."""
        with self._lock:
            if not self.listeners:
                self._start()
            self.listeners = (*self.listeners, listener)
            if wrap is not None:
                self._wrappers = (*self._wrappers, (listener, wrap))

    def remove(self, listener: CallListener) -> None:
        """Tell a listener no more; without any the classes of botocore are as they were."""
        with self._lock:
            before, self.listeners = self.listeners, tuple(each for each in self.listeners if each is not listener)
            self._wrappers = tuple(each for each in self._wrappers if each[0] is not listener)
            if before and not self.listeners:
                self._stop()

    def _start(self) -> None:
        seen = SeenCalls(self)

        def watch_new_class(cls: type, /, **_more: Any) -> None:
            self._watch_class(cls, seen)

        for each in _subclasses(botocore.client.BaseClient):
            self._watch_class(each, seen)
        setattr(botocore.client.BaseClient, _NEW_CLASS, classmethod(watch_new_class))
        self._wait = wait = botocore.waiter.Waiter.wait

        @functools.wraps(wait)
        def watched_wait(waiter: Any, **kwargs: Any) -> None:
            self._watch_wait(functools.partial(wait, waiter), waiter.name, kwargs)

        setattr(botocore.waiter.Waiter, _WAIT, watched_wait)

    def _watch_class(self, cls: type, seen: SeenCalls) -> None:
        if METHOD not in cls.__dict__:
            setattr(cls, METHOD, seen)
            self._classes.add(cls)

    def _stop(self) -> None:
        delattr(botocore.client.BaseClient, _NEW_CLASS)
        for cls in list(self._classes):
            if isinstance(cls.__dict__.get(METHOD), SeenCalls):
                delattr(cls, METHOD)
        self._classes.clear()
        for client, heard in list(self._heard.items()):
            client.meta.events.unregister("before-parameter-build", _on_params)
            client.meta.events.unregister("response-received", _on_response)
            for event in set(heard.values()):
                client.meta.events.unregister(event, _on_output)
        self._heard.clear()
        setattr(botocore.waiter.Waiter, _WAIT, self._wait)

    def call(self, client: Any, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a call in the place of `_make_api_call`; listeners are told when it has been answered."""
        if len(args) != 2 or not isinstance(args[1], Mapping):
            return method(*args, **kwargs)
        self._hear(client, args[0])
        places, underway = own_places(), _Underway(by_paginator=is_asked_by_paginator())
        if inspect.iscoroutinefunction(method):
            return self._awaited(client, method(*args, **kwargs), args, underway, places)
        token = _underway.set(underway)
        try:
            result = method(*args, **kwargs)
        except BaseException as error:
            _underway.reset(token)
            self._answered(client, args, underway, None, error, places)
            raise
        _underway.reset(token)
        if inspect.isawaitable(result):
            return self._awaited(client, result, args, underway, places)
        return self._answered(client, args, underway, result, None, places)

    async def _awaited(
        self, client: Any, result: Awaitable[Any], args: tuple[Any, ...], underway: _Underway, places: Any
    ) -> Any:
        token = _underway.set(underway)
        try:
            output = await result
        except BaseException as error:
            self._answered(client, args, underway, None, error, places)
            raise
        finally:
            _underway.reset(token)
        return self._answered(client, args, underway, output, None, places)

    def _hear(self, client: Any, operation: str) -> None:
        """Listen to the events of a client: its other handlers change params before ours is called, outputs after."""
        heard = self._heard.get(client)
        if heard is not None and operation in heard:
            return
        with self._lock:
            events, service = client.meta.events, client.meta.service_model.service_id.hyphenize()
            if heard is None:
                heard = self._heard[client] = {"": f"after-call.{service}"}
                events.register_last("before-parameter-build", _on_params)
                events.register("response-received", _on_response)
                events.register_first(heard[""], _on_output)
            heard[operation] = heard[""]
            own = f"after-call.{service}.{operation}"
            if own in _OWN_HANDLERS or f"after-call.{service}.*" in _OWN_HANDLERS:
                # The handlers of the most specific event are called first.
                heard[operation] = own
                events.register_first(own, _on_output)

    def _answered(
        self,
        client: Any,
        args: tuple[Any, ...],
        underway: _Underway,
        output: Any,
        error: BaseException | None,
        places: tuple[CallPlace, ...],
    ) -> Any:
        """Tell the listeners; returns what the caller gets."""
        answered_by: AnsweredBy = "http" if underway.has_response else "stub"
        call = WatchedCall(
            service=client.meta.service_model.service_name,
            operation=args[0],
            params=args[1] if underway.params is None else underway.params,
            output=underway.output if underway.is_answered and error is None else output,
            error=error,
            answered_by=answered_by if underway.params is not None else "patch",
            response=underway.response,
            places=places,
            thread=threading.current_thread().name,
            test=self.test,
            from_resource=_RESOURCE in (client.meta.config.user_agent_extra or ""),
            by_paginator=underway.by_paginator,
            model=getattr(client.meta.service_model, "_service_description", None),
        )
        polls = _polls.get()
        if polls is not None:
            polls.append(call)
        for listener in self.listeners:
            listener.called(call)
        for _, wrap in self._wrappers if error is None else ():
            output = wrap(call, output)
        return output

    def _watch_wait(self, wait: Callable[..., None], name: str, kwargs: Mapping[str, Any]) -> None:
        polls: list[WatchedCall] = []
        token = _polls.set(polls)
        try:
            wait(**kwargs)
        finally:
            _polls.reset(token)
        if polls:
            for listener in self.listeners:
                listener.waited(name, polls[-1], len(polls))


# What boto3 adds to the name by which the client of a resource introduces itself.
_RESOURCE = "Resource"

# The events of single operations for which botocore has handlers that change outputs.
_OWN_HANDLERS = frozenset(event for event, *_ in BUILTIN_HANDLERS if event.startswith("after-call."))

_NEW_CLASS, _WAIT = "__init_subclass__", "wait"


def _subclasses(cls: type) -> Iterator[type]:
    each: type
    for each in cls.__subclasses__():
        yield each
        yield from _subclasses(each)


def _on_params(params: Any, **_more: Any) -> None:
    underway = _underway.get()
    if underway is not None:
        underway.params = params


def _on_response(response_dict: Mapping[str, Any] | None, **_more: Any) -> None:
    underway = _underway.get()
    if underway is None or response_dict is None:  # nobody answered
        return
    body = response_dict.get("body")
    underway.has_response = True
    if isinstance(body, bytes):
        headers = {str(name).lower(): str(text) for name, text in response_dict["headers"].items()}
        underway.response = Response(response_dict["status_code"], headers, body)


def _on_output(parsed: Any, **_more: Any) -> None:
    underway = _underway.get()
    if underway is not None and not underway.is_answered:
        underway.output, underway.is_answered = copied(parsed), True


def copied(value: Any) -> Any:
    """A value with objects and lists of its own; what is in them is shared."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


WATCHER = CallWatcher()
"""The watcher of this process: the classes of botocore are shared by all that listen."""
