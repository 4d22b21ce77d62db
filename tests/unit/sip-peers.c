/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The far ends of the SIP room's tests: sipp, and datagrams by hand. */
#define _GNU_SOURCE
#include "sip-fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"

/* ---------------------------------------------------------------------- sipp */

static void replace(FILE *out, const char *line, const char *status,
		    const char *headers)
{
	for (; *line; line++) {
		if (!strncmp(line, "@STATUS@", 8)) {
			fputs(status ? status : "", out);
			line += 7;
		} else if (!strncmp(line, "@HEADERS@", 9)) {
			if (headers && *headers)
				fprintf(out, "%s\n", headers);
			line += 8;
		} else {
			fputc(*line, out);
		}
	}
}

/* Somebody has that port of this machine. */
static bool is_open(const char *table, unsigned port)
{
	char line[256];
	unsigned at;
	bool found = false;
	FILE *f = fopen(table, "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, " %*u: %*8x:%x", &at) == 1 && at == port;
	if (f)
		fclose(f);
	return found;
}

static void wait_until_it_listens(struct fixture *f, const char *transport)
{
	const char *table = *transport == 'u' ? "/proc/net/udp" : "/proc/net/tcp";
	uint64_t end = clock_ms() + 20000;

	while (!is_open(table, f->peer) && clock_ms() < end)
		fixture_run(f, 10);
	fixture_run(f, 50);
}

void sipp_start(struct fixture *f, struct sipp *s, const char *scenario,
		const char *called, const char *transport, const char *status,
		const char *headers)
{
	const char *source = getenv("SOURCE");
	char path[256], line[512], to[32], port[16], agent[32];
	FILE *in, *out;

	snprintf(path, sizeof(path), "%s/tests/system/sipp/%s.xml",
		 source ? source : "..", scenario);
	snprintf(s->file, sizeof(s->file), "%s/%s.xml", f->directory, scenario);
	snprintf(s->errors, sizeof(s->errors), "%s/%s.errors", f->directory, scenario);
	s->scenario = scenario;
	in = fopen(path, "re");
	out = fopen(s->file, "we");
	assert(in && out);
	while (fgets(line, sizeof(line), in))
		replace(out, line, status, headers);
	fclose(in);
	fclose(out);
	snprintf(port, sizeof(port), "%u", f->peer);
	snprintf(agent, sizeof(agent), "127.0.0.1:%u", f->port);
	snprintf(to, sizeof(to), "%s", called ? called : "none");
	s->pid = fork();
	if (s->pid) {
		if (!called)
			wait_until_it_listens(f, transport);
		return;
	}
	if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
	    (!getenv("VERBOSE") && !freopen("/dev/null", "w", stderr)))
		_exit(125);
	execlp("sipp", "sipp", "-sf", s->file, "-i", "127.0.0.1", "-p", port, "-m",
	       "1", "-nostdin", "-timeout", "20s", "-timeout_error", "-key",
	       "called", to, "-trace_err", "-error_file", s->errors, "-t", transport,
	       "-cp", "0", called ? agent : NULL, NULL);
	_exit(127);
}

bool sipp_result(struct fixture *f, struct sipp *s)
{
	uint64_t end = clock_ms() + 25000;
	char line[512];
	int status = 0, got = 0;
	FILE *e;

	while (clock_ms() < end && !(got = waitpid(s->pid, &status, WNOHANG)))
		fixture_run(f, 10);
	if (!got) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, &status, 0);
	}
	fixture_run(f, 30);
	if (got && WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	fprintf(stderr, "# sipp %s: status %x\n", s->scenario, status);
	e = fopen(s->errors, "re");
	while (e && fgets(line, sizeof(line), e))
		fprintf(stderr, "# %s", line);
	if (e)
		fclose(e);
	fixture_print();
	return false;
}

/* ------------------------------------------------------------------ datagrams */

int peer_open(uint16_t *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(*port) };
	socklen_t size = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert(fd >= 0 && !bind(fd, (void *)&in, sizeof(in)));
	getsockname(fd, (void *)&in, &size);
	*port = ntohs(in.sin_port);
	return fd;
}

int peer_listen(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert(!bind(fd, (void *)&in, sizeof(in)) && !listen(fd, 1));
	return fd;
}

void peer_send(struct fixture *f, int fd, uint16_t port, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(f->port) };
	char message[8192];
	size_t n = 0;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (; *text; text++) {
		if (!strncmp(text, "@PORT@", 6)) {
			n += (size_t)sprintf(message + n, "%u", port);
			text += 5;
		} else if (!strncmp(text, "@AGENT@", 7)) {
			n += (size_t)sprintf(message + n, "%u", f->port);
			text += 6;
		} else {
			if (*text == '\n')
				message[n++] = '\r';
			message[n++] = *text;
		}
	}
	assert(sendto(fd, message, n, 0, (void *)&in, sizeof(in)) == (ssize_t)n);
}

const char *peer_receive(struct fixture *f, int fd, unsigned ms)
{
	static char message[8192];
	uint64_t end = clock_ms() + ms;
	ssize_t n;

	while ((n = recv(fd, message, sizeof(message) - 1, 0)) < 0 &&
	       clock_ms() < end)
		fixture_run(f, 5);
	message[n < 0 ? 0 : n] = '\0';
	return message;
}

const char *header_of(const char *message, const char *name)
{
	static char value[2048];
	size_t n = strlen(name);

	value[0] = '\0';
	for (const char *l = message; l && *l && *l != '\r'; l = strchr(l, '\n')) {
		if (*l == '\n')
			l++;
		if (!strncasecmp(l, name, n) && l[n] == ':') {
			size_t length;

			l += n + 1;
			l += strspn(l, " ");
			length = strcspn(l, "\r\n");
			memcpy(value, l, length);
			value[length] = '\0';
			break;
		}
	}
	return value;
}

void peer_answer(struct fixture *f, int fd, const char *request, const char *status,
		 const char *headers)
{
	static const char *const copied[] = { "Via", "From", "Call-ID", "CSeq" };
	char kept[8192], text[8192];
	int n;

	snprintf(kept, sizeof(kept), "%s", request);
	n = sprintf(text, "SIP/2.0 %s\n", status);
	for (unsigned i = 0; i < 4; i++)
		n += sprintf(text + n, "%s: %s\n", copied[i],
			     header_of(kept, copied[i]));
	n += sprintf(text + n, "To: %s%s\n", header_of(kept, "To"),
		     strstr(header_of(kept, "To"), "tag=") ? "" : ";tag=peer");
	sprintf(text + n, "%sContent-Length: 0\n\n", headers);
	peer_send(f, fd, f->peer, text);
}
