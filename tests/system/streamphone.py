# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A SIP server over TCP or TLS that knows the keep-alives of RFC 5626: it counts
pings, answers them as long as it is told to, and can fall silent."""

from tlsphone import TlsPhone


class StreamPhone(TlsPhone):
    """Without a certificate it speaks TCP."""

    def __init__(self, certificate=None, **more):
        self.secure = certificate is not None
        self.pings = self.pongs = 0
        self.answers = True	# to pings
        self.silent = set()	# connections on which nothing is said any more
        super().__init__(certificate, **more)

    def _serve(self, connection, source):
        connection.settimeout(None)
        data = b""
        try:
            if self.secure:
                connection = self.context.wrap_socket(connection,
                                                      server_side=True)
            self.connections.append(connection)
            while True:
                more = connection.recv(65536)
                if not more:
                    return
                if connection in self.silent:
                    continue
                data = self._keep_alives(data + more, connection)
                data = self._messages(data, connection)
        except OSError:
            self.failed += 1

    def _keep_alives(self, data, connection):
        while data.startswith(b"\r\n"):
            if not data.startswith(b"\r\n\r\n"):
                self.pongs += 1
                data = data[2:]
                continue
            self.pings += 1
            data = data[4:]
            if self.answers:
                connection.sendall(b"\r\n")
        return data

    def fall_silent(self):
        """On the connections that there are."""
        self.silent.update(self.connections)

    def cut(self):
        """Closes what there is; false: it was the gateway."""
        self.connections[-1].shutdown(2)

    def _finish(self, head, body, extra):
        text = super()._finish(head, body, extra)
        return text if self.secure else text.replace("transport=tls",
                                                     "transport=tcp")

    def request(self, *argv, **more):
        text = super().request(*argv, **more)
        return text if self.secure else text.replace("SIP/2.0/TLS",
                                                     "SIP/2.0/TCP")
