# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A SIP server over TLS that does what it is told: the phone of phone.py on
another transport."""

import socket
import ssl
import threading

from phone import Message, Phone


class TlsPhone(Phone):
    """certificate: with its chain; the key is NAME.key beside it. trust: who must
    have issued the client's certificate, None: nobody is asked. With plain it
    speaks TCP; with stall it takes connections and says nothing."""

    def __init__(self, certificate=None, trust=None, plain=False, stall=False,
                 newest=None, **more):
        self.names, self.connections, self.shown = [], [], []
        self.told = []
        self.plain, self.stall = plain, stall
        self.failed = 0
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.load(certificate)
            if newest:
                self.context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                self.context.maximum_version = newest
            self.context.sni_callback = self._named
            if trust:
                self.context.verify_mode = ssl.CERT_REQUIRED
                self.context.load_verify_locations(trust)
        super().__init__(**more)

    def load(self, certificate):
        self.context.load_cert_chain(certificate,
                                     certificate.replace(".pem", ".key"))

    def _named(self, connection, name, context):
        self.names.append(name)

    def _read(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(16)
        self.listener.settimeout(0.2)
        while not self.closed:
            try:
                connection, source = self.listener.accept()
            except OSError:
                continue
            threading.Thread(target=self._serve, args=(connection, source),
                             daemon=True).start()
        self.listener.close()
        for connection in self.connections:
            connection.close()

    def _serve(self, connection, source):
        connection.settimeout(None)
        if self.stall:
            self.connections.append(connection)
            return
        try:
            if not self.plain:
                connection = self.context.wrap_socket(connection,
                                                      server_side=True)
                self.shown.append(connection.getpeercert() or {})
            self.connections.append(connection)
            data = b""
            if self.plain:
                connection.recv(65536)
                connection.sendall(b"SIP/2.0 400 Bad Request\r\n\r\n")
            while True:
                more = connection.recv(65536)
                if not more:
                    return
                data = self._messages((data + more).lstrip(b"\r\n"), connection)
        except (OSError, ssl.SSLError):
            self.failed += 1

    def _messages(self, data, connection):
        while b"\r\n\r\n" in data:
            head = data.split(b"\r\n\r\n", 1)[0]
            m = Message(data)
            size = len(head) + 4 + int(m.get("content-length") or 0)
            if len(data) < size:
                break
            self.told.append(data[:size])
            try:
                self._take(Message(data[:size]), connection)
            except (IndexError, ValueError):
                pass
            data = data[size:].lstrip(b"\r\n")
        return data

    def send(self, text, where):
        """where: the connection a request came by, else the latest."""
        if not hasattr(where, "sendall"):
            where = self.connections[-1]
        try:
            where.sendall(text.encode())
        except OSError:
            pass

    def _finish(self, head, body, extra):
        if not self.plain:
            own = "@127.0.0.1:%d>" % self.port
            head = [h.replace(own, own[:-1] + ";transport=tls>")
                    if h.startswith("Contact:") else h for h in head]
        return super()._finish(head, body, extra)

    def request(self, *argv, **more):
        return super().request(*argv, **more).replace(
            "SIP/2.0/UDP", "SIP/2.0/TCP" if self.plain else "SIP/2.0/TLS")
