"""A TCP address in front of a broker on a unix socket: what goes over it can be swallowed, or cut."""

import selectors
import socket
import threading

from tests.faults.installation import eventually


class Wire:
    """Listens from the start; ``serves_newcomers`` says whether who connects reaches the broker or nobody."""

    def __init__(self, broker: str) -> None:
        self.broker = broker
        self.carried = selectors.DefaultSelector()
        self.pairs: dict[socket.socket, socket.socket] = {}
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.is_closing = self.is_asked_to_forget = self.is_asked_to_cut = False
        self.serves_newcomers = True
        self.forgotten: list[socket.socket] = []
        self.carried.register(self.door, selectors.EVENT_READ)
        self.carrier = threading.Thread(target=self._carry, daemon=True)
        self.carrier.start()

    def forget(self) -> bool:
        """What is connected now stays connected and carries nothing from here on; who comes later is served."""
        self.is_asked_to_forget = True
        return eventually(lambda: not self.is_asked_to_forget, within=10)

    def cut(self) -> bool:
        """What is connected, forgotten or not, is closed; who comes later is served."""
        self.is_asked_to_cut = self.serves_newcomers = True
        return eventually(lambda: not self.is_asked_to_cut, within=10)

    def close(self) -> None:
        self.is_closing = True
        self.carrier.join()
        for one in (self.door, *self.pairs, *self.forgotten):
            one.close()
        self.carried.close()

    def _carry(self) -> None:
        while not self.is_closing:
            for key, _events in self.carried.select(timeout=0.1):
                if key.fileobj is self.door:
                    self._accept()
                elif key.fileobj in self.pairs:  # or it was let go with the one before it
                    self._pass_on(key.fileobj)
            if self.is_asked_to_forget:
                for one in self.pairs:
                    self.carried.unregister(one)
                self.forgotten += self.pairs
                self.pairs.clear()
                self.is_asked_to_forget = False
            if self.is_asked_to_cut:
                for one in [*self.pairs, *self.forgotten]:
                    self._let_go(one)
                self.forgotten.clear()
                self.is_asked_to_cut = False

    def _accept(self) -> None:
        here, _address = self.door.accept()
        if not self.serves_newcomers:
            self.forgotten.append(here)
            return
        there = socket.socket(socket.AF_UNIX)
        try:
            there.connect(self.broker)
        except OSError:  # it is stopped
            here.close()
            there.close()
            return
        self.pairs |= {here: there, there: here}
        for one in (here, there):
            self.carried.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        other = self.pairs[one]
        try:
            said = one.recv(65536)
            if said:
                other.sendall(said)
                return
        except OSError:
            pass
        for end in (one, other):
            self._let_go(end)

    def _let_go(self, end: socket.socket) -> None:
        if self.pairs.pop(end, None):
            self.carried.unregister(end)
        end.close()
