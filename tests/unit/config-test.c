/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Right files: every field, every default, the files in etc/; size; want of
 * memory. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "config-help.h"
#include "config/pool.h"

static const char full[] =
	"country = \"de\"; max_calls = 2; max_calls_in = 1; max_calls_out = 0;\n"
	"over_limit = 486; log = \"debug\"; control = \"/tmp/x\"; control_group = \"adm\";\n"
	"trunks = (\n"
	"  { name = \"acme\"; server = \"sip.acme.example\"; port = 5070; transport = \"tcp\";\n"
	"    domain = \"acme.example\"; proxy = \"[::1]:5080\"; user = \"alice\"; auth_user = \"al\";\n"
	"    secret_file = \"good.secret\"; register = true; expires = 90; max_calls = 2;\n"
	"    max_calls_in = 1; max_calls_out = 2; retry_after = 5; codecs = [ \"PCMU\" ];\n"
	"    dtmf = \"info\"; ptime = 40; accept_from = [ \"192.0.2.0/24\", \"2001:db8::1\" ];\n"
	"    nat = true; options = 0; } );\n"
	"lines = (\n"
	"  { name = \"co\"; port = \"dahdi/1\"; kind = \"fxo\"; number = \"+4930123\"; trunk = \"acme\";\n"
	"    display_name = \"B\xc3\xbcro\"; ring_to = \"*1#\"; dial = \"last:4\"; dial_method = \"pulse\"; pulse_rate = 8; pulse_break = 75; flash_time = 100;\n"
	"    answer = \"delay:7\"; wait_dial_tone = false; callerid = false; glare = \"outgoing\";\n"
	"    rx_gain = -3.5; tx_gain = 2; echo = { ms = 128; nlp = false; }; dtmf_relay = false;\n"
	"    busied_out = true; },\n"
	"  { name = \"phone\"; port = \"dahdi/2\"; kind = \"fxs\"; trunk = \"acme\"; echo = \"spandsp\";\n"
	"    did = { digits = 3; when = \"wink\"; }; digit_map = \"xx\"; polarity_answer = true;\n"
	"    flash = true; user = \"bob\"; secret_file = \"good.secret\"; register = true; } );\n"
	"groups = ( { name = \"g\"; lines = [ \"phone\", \"co\" ]; hunt = \"least-used\";\n"
	"             max_calls = 2; max_calls_in = 1; max_calls_out = 2; } );\n"
	"routes = (\n"
	"  { from = \"line:phone\"; called = \"9x.\"; calling = \"xx\"; strip = 1; prefix = \"+\";\n"
	"    calling_strip = 2; calling_prefix = \"7\"; to = [ \"trunk:acme\", \"group:g\", \"line:co\" ]; },\n"
	"  { from = \"trunk:acme\"; calling_number = \"5\"; to = \"group:g\"; },\n"
	"  { from = \"group:g\"; called = \"0900x.\"; reject = \"busy\"; },\n"
	"  { from = \"line:phone\"; called = \"5\"; reject = 21; } );\n"
	"emergency = { numbers = [ \"112\", \"110\", \"19222\" ]; via = [ \"line:co\" ]; };\n"
	"sip = { listen = [ \"tcp:127.0.0.1:5061\", \"udp:[::1]\" ]; user_agent = \"x\";\n"
	"        public_address = \"192.0.2.7\"; };\n"
	"rtp = { address = \"::1\"; ports = [ 20000, 20100 ]; dscp = 0; jitter = [ 10, 60 ]; dead = 9; };\n"
	"cdr = { file = \"\"; journal = false; };\n"
	"sim = { directory = \"lines\"; };\n"
	"timers = { ring = 33; digit_map_T = 700; };\n"
	"tones = { busy = \"!400/100,500+600/200\"; dial = \"425*25\"; };\n";

static struct config *load_full(void)
{
	help_write("good.secret", "Tipperary, 18 miles\n", 0600);
	return help_good(full);
}

static void trunk_fields(void **state)
{
	struct config *conf = load_full();
	const struct config_trunk *t = config_trunk(conf, "acme");

	assert_ptr_equal(t, &conf->trunks[0]);
	assert_int_equal(conf->trunk_count, 1);
	assert_string_equal(t->place.file, HELP_FILE);
	assert_int_equal(t->place.line, 4);
	assert_string_equal(t->server, "sip.acme.example");
	assert_int_equal(t->port, 5070);
	assert_int_equal(t->transport, TRANSPORT_TCP);
	assert_string_equal(t->domain, "acme.example");
	assert_string_equal(t->proxy, "[::1]:5080");
	assert_string_equal(t->user, "alice");
	assert_string_equal(t->auth_user, "al");
	assert_string_equal(t->secret_file, "good.secret");
	assert_true(t->registers);
	assert_int_equal(t->expires, 90);
	assert_int_equal(t->limit.max, 2);
	assert_int_equal(t->limit.max_in, 1);
	assert_int_equal(t->limit.max_out, 2);
	assert_int_equal(t->over_limit, OVER_LIMIT_503);
	assert_int_equal(t->retry_after, 5);
	assert_int_equal(t->codec_count, 1);
	assert_int_equal(t->codecs[0], CODEC_PCMU);
	assert_int_equal(t->dtmf, DTMF_INFO);
	assert_int_equal(t->ptime, 40);
	assert_int_equal(t->accept_from_count, 2);
	assert_string_equal(t->accept_from[0], "192.0.2.0/24");
	assert_string_equal(t->accept_from[1], "2001:db8::1");
	assert_true(t->nat);
	assert_int_equal(t->options_s, 0);
	assert_null(config_trunk(conf, "acm"));
	config_free(conf);
}

static void line_fields(void **state)
{
	struct config *conf = load_full();
	const struct config_line *co = config_line(conf, "co");
	const struct config_line *phone = config_line(conf, "phone");

	assert_int_equal(conf->line_count, 2);
	assert_int_equal(co->place.line, 11);
	assert_string_equal(co->port, "dahdi/1");
	assert_int_equal(co->kind, PORT_FXO);
	assert_string_equal(co->number, "+4930123");
	assert_string_equal(co->display_name, "B\xc3\xbcro");
	assert_string_equal(co->trunk, "acme");
	assert_string_equal(co->ring_to, "*1#");
	assert_false(co->two_stage);
	assert_int_equal(co->dial, LINE_DIAL_LAST);
	assert_int_equal(co->dial_last, 4);
	assert_string_equal(co->dial_digits, "");
	assert_int_equal(co->dial_method, DIAL_PULSE);
	assert_int_equal(co->pulse_rate, 8);
	assert_int_equal(co->flash_time_ms, 100);
	assert_int_equal(co->pulse_break, 75);
	assert_int_equal(co->answer, LINE_ANSWER_DELAY);
	assert_int_equal(co->answer_delay_ms, 7000);
	assert_false(co->wait_dial_tone);
	assert_false(co->callerid);
	assert_int_equal(co->glare, GLARE_OUTGOING);
	assert_int_equal(co->rx_gain, -35);
	assert_int_equal(co->tx_gain, 20);
	assert_int_equal(co->echo_ms, 128);
	assert_false(co->nlp);
	assert_false(co->dtmf_relay);
	assert_true(co->busied_out);
	assert_int_equal(co->did_when, DID_OFF);
	assert_int_equal(co->did_digits, 0);

	assert_int_equal(phone->kind, PORT_FXS);
	assert_int_equal(phone->echo_ms, 64);
	assert_int_equal(phone->canceller, CANCELLER_SPANDSP);
	assert_int_equal(co->canceller, CANCELLER_OWN);
	assert_int_equal(phone->did_digits, 3);
	assert_int_equal(phone->did_when, DID_ON_WINK);
	assert_string_equal(phone->digit_map, "xx");
	assert_true(phone->polarity_answer);
	assert_true(phone->flash);
	assert_string_equal(phone->user, "bob");
	assert_string_equal(phone->auth_user, "bob");
	assert_string_equal(phone->secret_file, "good.secret");
	assert_true(phone->registers);
	assert_null(config_line(conf, ""));
	config_free(conf);
}

static void group_and_route_fields(void **state)
{
	struct config *conf = load_full();
	const struct config_group *g = config_group(conf, "g");
	const struct config_route *r = conf->routes;

	assert_int_equal(g->line_count, 2);
	assert_string_equal(g->lines[0], "phone");
	assert_string_equal(g->lines[1], "co");
	assert_int_equal(g->hunt, HUNT_LEAST_USED);
	assert_int_equal(g->limit.max, 2);
	assert_int_equal(g->limit.max_in, 1);
	assert_null(config_group(conf, "h"));

	assert_int_equal(conf->route_count, 4);
	assert_int_equal(r[0].from.kind, ROUTE_LINE);
	assert_string_equal(r[0].from.name, "phone");
	assert_string_equal(r[0].called, "9x.");
	assert_string_equal(r[0].calling, "xx");
	assert_int_equal(r[0].strip, 1);
	assert_string_equal(r[0].prefix, "+");
	assert_int_equal(r[0].calling_strip, 2);
	assert_string_equal(r[0].calling_prefix, "7");
	assert_int_equal(r[0].to_count, 3);
	assert_int_equal(r[0].to[0].kind, ROUTE_TRUNK);
	assert_int_equal(r[0].to[1].kind, ROUTE_GROUP);
	assert_string_equal(r[0].to[1].name, "g");
	assert_int_equal(r[0].to[2].kind, ROUTE_LINE);
	assert_false(r[0].reject);
	assert_string_equal(r[1].calling_number, "5");
	assert_string_equal(r[1].called, "");
	assert_true(r[2].reject);
	assert_int_equal(r[2].reject_cause, CAUSE_BUSY);
	assert_int_equal(r[3].from.kind, ROUTE_LINE);
	assert_int_equal(r[3].reject_cause, CAUSE_REJECTED);
	assert_int_equal(conf->emergency.number_count, 3);
	assert_string_equal(conf->emergency.numbers[2], "19222");
	assert_int_equal(conf->emergency.via_count, 1);
	assert_string_equal(conf->emergency.via[0].name, "co");
	config_free(conf);
}

static void our_side_fields(void **state)
{
	struct config *conf = load_full();
	const struct sockaddr_in *v4 = (const void *)&conf->sip.listen[0].address;
	const struct sockaddr_in6 *v6 = (const void *)&conf->sip.listen[1].address;
	const struct tone *busy = &conf->country.tones[TONE_BUSY];

	assert_int_equal(conf->limit.max, 2);
	assert_int_equal(conf->limit.max_in, 1);
	assert_int_equal(conf->limit.max_out, 0);
	assert_int_equal(conf->over_limit, OVER_LIMIT_486);
	assert_int_equal(conf->log, CONFIG_LOG_DEBUG);
	assert_string_equal(conf->control, "/tmp/x");
	assert_string_equal(conf->control_group, "adm");
	assert_string_equal(conf->sim_directory, "lines");
	assert_string_equal(conf->cdr.file, "");
	assert_false(conf->cdr.journal);
	assert_int_equal(conf->sip.listen_count, 2);
	assert_int_equal(conf->sip.listen[0].transport, TRANSPORT_TCP);
	assert_string_equal(conf->sip.listen[0].text, "tcp:127.0.0.1:5061");
	assert_int_equal(v4->sin_family, AF_INET);
	assert_int_equal(ntohs(v4->sin_port), 5061);
	assert_int_equal(ntohl(v4->sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(v6->sin6_family, AF_INET6);
	assert_int_equal(ntohs(v6->sin6_port), 5060);
	assert_string_equal(conf->sip.user_agent, "x");
	assert_string_equal(conf->sip.public_address, "192.0.2.7");
	assert_int_equal(conf->rtp.local.ss_family, AF_INET6);
	assert_int_equal(conf->rtp.port_min, 20000);
	assert_int_equal(conf->rtp.port_max, 20100);
	assert_int_equal(conf->rtp.dscp, 0);
	assert_int_equal(conf->rtp.jitter_min_ms, 10);
	assert_int_equal(conf->rtp.jitter_max_ms, 60);
	assert_int_equal(conf->rtp.dead_s, 9);
	assert_int_equal(conf->timers[TIMER_RING], 33);
	assert_int_equal(conf->timers[TIMER_DIGIT_MAP], 700);
	assert_int_equal(conf->timers[TIMER_GUARD], timer_table[TIMER_GUARD].def);
	assert_int_equal(busy->count, 2);
	assert_int_equal(busy->loop, 1);
	assert_int_equal(busy->segment[1].frequency[1], 600);
	/* -10 dBm0 together. */
	assert_int_equal(busy->level, -130);
	assert_true(conf->country.tones[TONE_DIAL].segment[0].modulated);
	/* The country itself is as it was. */
	assert_int_equal(country_find("de")->tones[TONE_BUSY].count, 2);
	assert_int_equal(country_find("de")->tones[TONE_BUSY].segment[0].frequency[0], 425);
	config_free(conf);
}

static void defaults_hold(void **state)
{
	struct config *conf = help_good("country = \"US\";\n"
		"trunks = ( { name = \"t\"; server = \"192.0.2.1\"; user = \"u\"; } );\n"
		"lines = ( { name = \"l\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"t\"; } );\n");
	const struct config_trunk *t = conf->trunks;
	const struct config_line *l = conf->lines;
	const struct sockaddr_in *listen = (const void *)&conf->sip.listen[0].address;

	assert_string_equal(conf->file, HELP_FILE);
	assert_int_equal(conf->limit.max, -1);
	assert_int_equal(conf->over_limit, OVER_LIMIT_503);
	assert_int_equal(conf->retry_after, 30);
	assert_string_equal(t->domain, "192.0.2.1");
	assert_string_equal(t->auth_user, "u");
	assert_int_equal(t->port, 0);
	assert_int_equal(t->limit.max_out, -1);
	assert_int_equal(t->codec_count, 2);
	assert_int_equal(t->codecs[0], CODEC_PCMU);
	assert_int_equal(t->ptime, 20);
	assert_int_equal(t->options_s, 30);
	assert_false(t->registers);
	assert_int_equal(l->echo_ms, 64);
	assert_true(l->nlp);
	assert_true(l->wait_dial_tone);
	assert_true(l->callerid);
	assert_true(l->dtmf_relay);
	assert_int_equal(l->dial, LINE_DIAL_CALLED);
	assert_int_equal(l->answer, LINE_ANSWER_SUPERVISED);
	assert_string_equal(l->number, "");
	assert_int_equal(conf->sip.listen_count, 1);
	assert_int_equal(ntohs(listen->sin_port), 5060);
	assert_string_equal(conf->sip.user_agent, "tipring");
	assert_int_equal(conf->rtp.port_min, 10000);
	assert_int_equal(conf->rtp.dscp, 46);
	assert_string_equal(conf->control, RUNSTATEDIR "/tipring/control");
	assert_string_equal(conf->cdr.file, LOCALSTATEDIR "/log/tipring/cdr.json");
	assert_true(conf->cdr.journal);
	assert_int_equal(conf->emergency.number_count, 1);
	assert_string_equal(conf->emergency.numbers[0], "911");
	for (int i = 0; i < TIMER_COUNT; i++)
		assert_int_equal(conf->timers[i], timer_table[i].def);
	config_free(conf);
}

/* Nothing is open by default; the country's law leads the codecs; TCP is
 * listened for where a trunk has it. */
static void defaults_follow_from_others(void **state)
{
	struct config *conf = help_good("country = \"de\";");

	assert_int_equal(conf->sip.listen_count, 0);
	assert_int_equal(conf->line_count, 0);
	assert_int_equal(conf->emergency.number_count, 2);
	config_free(conf);
	conf = help_good("country = \"de\"; trunks = "
			 "( { name = \"t\"; server = \"x\"; transport = \"tcp\"; } );");
	assert_int_equal(conf->trunks[0].codecs[0], CODEC_PCMA);
	assert_int_equal(conf->sip.listen_count, 1);
	assert_string_equal(conf->sip.listen[0].text, "tcp:0.0.0.0:5060");
	config_free(conf);
}

/* Paths are taken from the file's directory. */
static void paths_are_relative_to_the_file(void **state)
{
	static struct help_errors errors;
	struct config *conf;

	mkdir("sub", 0700);
	help_write("sub/my.secret", "Tipperary, 18 miles", 0600);
	help_write("sub/c.conf", "country = \"us\"; control = \"ctl\"; cdr = { file = \"/a\"; };\n"
		   "trunks = ( { name = \"t\"; server = \"x\"; user = \"u\"; secret_file = \"my.secret\"; } );\n",
		   0644);
	conf = config_load("sub/c.conf", help_collect, &errors);
	assert_string_equal(errors.text, "");
	assert_string_equal(conf->control, "sub/ctl");
	assert_string_equal(conf->cdr.file, "/a");
	assert_string_equal(conf->trunks[0].secret_file, "sub/my.secret");
	config_free(conf);
}

/* ------------------------------------------------------------------- files */

static void installed_files_load(void **state)
{
	static const struct {
		const char *file;
		size_t lines, trunks, groups, routes;
	} files[] = {
		{ "tipring.conf", 0, 0, 0, 0 },
		{ "examples/pbx-extensions.conf", 2, 1, 1, 1 },
		{ "examples/pbx-trunk-ports.conf", 4, 1, 1, 1 },
		{ "examples/co-fallback.conf", 4, 1, 2, 3 },
		{ "examples/account-per-line.conf", 3, 1, 0, 0 },
		{ "examples/one-number.conf", 4, 1, 0, 0 },
		{ "examples/static-ip-trunk.conf", 4, 1, 0, 0 },
		{ "examples/behind-nat.conf", 1, 1, 0, 0 },
		{ "examples/tls-srtp.conf", 1, 1, 0, 0 },
		{ "examples/kamailio-in-front.conf", 3, 1, 0, 0 },
		{ "examples/pri-pbx.conf", 0, 1, 0, 0 },
		{ "examples/sim-demo.conf", 2, 1, 0, 0 },
	};
	static const char *const secrets[] = {
		"acme.secret", "line-1.secret", "line-2.secret", "line-3.secret"
	};
	char path[4096 + 64];

	for (size_t i = 0; i < COUNT(secrets); i++)
		help_write(secrets[i], "Tipperary, 18 miles\n", 0640);
	for (size_t i = 0; i < COUNT(files); i++) {
		struct config *conf;
		char *text, *here;

		snprintf(path, sizeof(path), "%s/etc/%s", help_source, files[i].file);
		text = help_read(path);
		/* Their secrets are here and not in /etc. */
		here = help_replace(text, "\"/etc/tipring/", "\"");
		conf = help_good(here);
		assert_int_equal(conf->line_count, files[i].lines);
		assert_int_equal(conf->trunk_count, files[i].trunks);
		assert_int_equal(conf->group_count, files[i].groups);
		assert_int_equal(conf->route_count, files[i].routes);
		config_free(conf);
		free(here);
		free(text);
	}
}

/* Takes the '#' off the blocks "# KEY = (" to "# );" and off max_calls. */
static void uncomment(char *text)
{
	bool inside = false;

	for (char *at = text; (at = strstr(at, "\n# ")); at++) {
		size_t length = strcspn(at + 1, "\n");
		bool opens = at[length] == '(' && at[length - 2] == '=';

		inside = inside || opens;
		if (inside || !strncmp(at, "\n# max_calls", 12))
			at[1] = ' ';
		if (!strncmp(at + 3, ");", 2))
			inside = false;
	}
}

/* What is commented out in the installed file is right too. */
static void the_comments_of_the_installed_file_are_right(void **state)
{
	char path[4096 + 64], *text, *here;
	struct config *conf;

	help_write("acme.secret", "Tipperary, 18 miles\n", 0640);
	snprintf(path, sizeof(path), "%s/etc/tipring.conf", help_source);
	text = help_read(path);
	here = help_replace(text, "\"/etc/tipring/", "\"");
	uncomment(here);
	conf = help_good(here);
	assert_int_equal(conf->line_count, 2);
	assert_int_equal(conf->limit.max, 2);
	assert_int_equal(conf->trunk_count, 1);
	config_free(conf);
	free(here);
	free(text);
}

/* ---------------------------------------------------- size, want of memory */

static char *big_text(int lines)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; } );\nlines = (\n");
	for (int i = 0; i < lines; i++)
		fprintf(f, "%s{ name = \"line-%d\"; port = \"dahdi/%d\"; kind = \"fxs\";\n"
			"number = \"+1555%07d\"; trunk = \"t\"; did = { digits = 4; }; }\n",
			i ? "," : "", i, i, i);
	fprintf(f, ");\ngroups = ( { name = \"all\"; lines = [ ");
	for (int i = 0; i < lines; i++)
		fprintf(f, "%s\"line-%d\"", i ? "," : "", i);
	fprintf(f, " ]; } );\nroutes = ( { from = \"trunk:t\"; to = \"group:all\"; } );\n");
	fclose(f);
	return text;
}

static void a_thousand_lines_load_fast(void **state)
{
	char *text = big_text(1000);
	clock_t begin = clock();
	struct config *conf = help_good(text);
	double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;

	assert_int_equal(conf->line_count, 1000);
	assert_int_equal(conf->lines[999].place.line, 2001);
	assert_string_equal(conf->lines[999].number, "+15550000999");
	assert_int_equal(conf->groups[0].line_count, 1000);
	/* CPU time, measured at some 0.1 s; a sanitizer takes its share. */
	assert_true(seconds < 5);
	config_free(conf);
	free(text);
}

static long allocations, fail_at;

static void *failing_source(size_t count, size_t size)
{
	return allocations++ == fail_at ? NULL : calloc(count, size);
}

/* Each allocation of ours fails once: one error, no crash, no leak. */
static void fail_each(const char *text, bool good)
{
	static struct help_errors errors;
	struct config *conf;
	long most;

	pool_source = failing_source;
	fail_at = -1;
	allocations = 0;
	config_free(help_load(text, &errors));
	most = allocations;
	assert_true(most > 5);
	for (fail_at = 0; fail_at < most; fail_at++) {
		allocations = 0;
		conf = help_load(text, &errors);
		assert_null(conf);
		assert_string_equal(errors.text, "c.conf: out of memory\n");
	}
	allocations = 0;
	conf = help_load(text, &errors);
	assert_int_equal(conf != NULL, good);
	config_free(conf);
	pool_source = calloc;
}

static void want_of_memory_is_one_error(void **state)
{
	char *wrong = help_replace(full, "\"acme\"", "\"ac me\"");

	help_write("good.secret", "Tipperary, 18 miles\n", 0600);
	fail_each(full, true);
	fail_each(wrong, false);
	fail_each("country = \"us\"; lines = ( { name = \"x\" } ;", false);
	free(wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trunk_fields),
		cmocka_unit_test(line_fields),
		cmocka_unit_test(group_and_route_fields),
		cmocka_unit_test(our_side_fields),
		cmocka_unit_test(defaults_hold),
		cmocka_unit_test(defaults_follow_from_others),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(installed_files_load),
		cmocka_unit_test(the_comments_of_the_installed_file_are_right),
		cmocka_unit_test(a_thousand_lines_load_fast),
		cmocka_unit_test(want_of_memory_is_one_error),
	};

	return cmocka_run_group_tests(tests, help_start, help_end);
}
