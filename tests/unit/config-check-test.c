/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What is wrong between keys: names, limits, ways, contradictions. */
#include <stdio.h>
#include <sys/stat.h>

#include "config-help.h"

struct pair {
	const char *text, *errors;
};

static const struct pair clashes[] = {
	{ "country = \"us\";\n"
	  "trunks = (\n"
	  "  { name = \"acme\"; server = \"x\"; },\n"
	  "  { name = \"acme\"; server = \"y\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"a\";\n"
	  "    port = \"sim/1\"; kind = \"fxs\"; trunk = \"acme\"; }\n"
	  ");\n"
	  "groups = (\n"
	  "  { name = \"g\"; lines = \"a\"; },\n"
	  "  { name = \"g\"; lines = \"a\"; } );\n",
	  "c.conf:4: name \"acme\" is taken already, in line 3; each trunk needs its own\n"
	  "c.conf:7: name \"a\" is taken already, in line 6; each line needs its own\n"
	  "c.conf:8: port \"sim/1\" is taken already, in line 6; each line needs its own\n"
	  "c.conf:12: name \"g\" is taken already, in line 11; each group needs its own\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"acne\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; }\n"
	  ");\n"
	  "groups = ( { name = \"pbx\"; lines = [ \"a\",\n"
	  "  \"bb\", \"zzz\", \"a\" ]; } );\n"
	  "routes = (\n"
	  "  { from = \"trunk:akme\"; called = \"1\"; to = \"group:pbx\"; },\n"
	  "  { from = \"group:pdx\"; to = [ \"line:c\", \"trunk:t\", \"group:pbx\", \"group:pbx\" ]; }\n"
	  ");\n"
	  "emergency = { via = [ \"group:co\", \"trunk:acme\",\n"
	  "  \"trunk:acme\" ]; };\n",
	  "c.conf:4: there is no trunk \"acne\"; did you mean \"acme\"?\n"
	  "c.conf:8: there is no line \"bb\"; did you mean \"b\"?\n"
	  "c.conf:8: there is no line \"zzz\"; add it to lines, or correct the name\n"
	  "c.conf:8: line a stands in this group twice; keep one\n"
	  "c.conf:10: there is no trunk \"akme\"; did you mean \"acme\"?\n"
	  "c.conf:11: there is no group \"pdx\"; did you mean \"pbx\"?\n"
	  "c.conf:11: there is no line \"c\"; add it to lines, or correct the name\n"
	  "c.conf:11: there is no trunk \"t\"; add it to trunks, or correct the name\n"
	  "c.conf:11: pbx stands here twice; keep one\n"
	  "c.conf:13: there is no group \"co\"; add it to groups, or correct the name\n"
	  "c.conf:14: acme stands here twice; keep one\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \"x\";\n"
	  "    max_kbit = 79; },\n"
	  "  { name = \"b\"; server = \"y\"; ptime = 40; max_kbit = 72; } );\n"
	  "trunk_groups = (\n"
	  "  { name = \"g\"; trunks = [ \"a\", \"c\" ]; weights = [ 1 ]; },\n"
	  "  { name = \"h\"; trunks = [ \"a\", \"a\" ]; weights = [ 0, 0 ]; },\n"
	  "  { name = \"g\"; trunks = [ \"b\" ]; } );\n"
	  "routes = ( { to = [ \"trunk_group:gg\" ];\n"
	  "    next_on = [ \"busi\" ]; },\n"
	  "  { reject = \"busy\"; next_route = true; } );\n",
	  "c.conf:3: max_kbit is 79, but one call needs 80; allow that for each call\n"
	  "c.conf:6: there is no trunk \"c\"; add it to trunks, or correct the name\n"
	  "c.conf:6: weights holds 1 number for 2 trunks; give each trunk one\n"
	  "c.conf:7: trunk a stands in this trunk group twice; keep one\n"
	  "c.conf:7: all weights are 0; leave weights out to try the trunks in order\n"
	  "c.conf:8: name \"g\" is taken already, in line 6; each trunk group needs its own\n"
	  "c.conf:9: there is no trunk group \"gg\"; did you mean \"g\"?\n"
	  "c.conf:10: next_on \"busi\" is not known; did you mean \"busy\"?\n"
	  "c.conf:11: next_on and next_route go with to, not with reject; leave them out\n" },
	/* A refused element hides no other fault of its list. */
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"x\"; } );\n"
	  "lines = ( { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"acme\"; } );\n"
	  "groups = ( { name = \"pbx\"; lines = [ \"a b\",\n"
	  "  \"zzz\", \"a\" ]; } );\n"
	  "routes = ( { to = [ \"acme\",\n"
	  "  \"trunk:acme\",\n"
	  "  \"trunk:zzz\" ]; } );\n",
	  "c.conf:4: lines \"a b\" is no name: 1 to 47 letters, digits, '.', '_' or '-'\n"
	  "c.conf:5: there is no line \"zzz\"; add it to lines, or correct the name\n"
	  "c.conf:6: to \"acme\" must be \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"\n"
	  "c.conf:8: there is no trunk \"zzz\"; add it to trunks, or correct the name\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "max_calls = 3;\n"
	  "max_calls_in = 4;\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; }\n"
	  ");\n",
	  "c.conf:3: max_calls is 3, but the box has 2 lines; at most 2 calls can be\n"
	  "c.conf:4: max_calls_in is 4, more than max_calls, 3\n" },
	{ "country = \"us\";\n"
	  "max_calls_out = 3;\n"
	  "trunks = ( { name = \"acme\"; server = \"x\"; max_calls = 1;\n"
	  " max_calls_in = 2;\n"
	  " max_calls_out = 9; },\n"
	  " { name = \"b\"; server = \"x\"; max_calls = 3; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; }\n"
	  ");\n"
	  "groups = ( { name = \"g\"; lines = [ \"a\" ];\n"
	  "  max_calls = 2; max_calls_in = 1; } );\n",
	  "c.conf:2: max_calls_out is 3, but the box has 2 lines; at most 2 calls can be\n"
	  "c.conf:4: max_calls_in is 2, more than max_calls, 1\n"
	  "c.conf:5: max_calls_out is 9, more than max_calls, 1\n"
	  "c.conf:6: max_calls is 3, but the box has 2 lines; at most 2 calls can be\n"
	  "c.conf:12: max_calls is 2, but this group has 1 line; at most 1 call can be\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "max_calls = 2;\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; }\n"
	  ");\n",
	  "c.conf:3: max_calls is 2, but the box has 1 line; at most 1 call can be\n" },
	{ "country = \"us\";\n"
	  "trunks = (\n"
	  "  { name = \"a\"; server = \"x\"; register = true; },\n"
	  "  { name = \"b\"; server = \"x\"; user = \"u\"; register = true; },\n"
	  "  { name = \"c\"; server = \"x\"; auth_user = \"u\"; secret_file = \"none.secret\"; },\n"
	  "  { name = \"d\"; server = \"x\"; user = \"u\"; secret_file = \"open.secret\"; },\n"
	  "  { name = \"e\"; server = \"x\"; user = \"u\"; secret_file = \"empty.secret\"; },\n"
	  "  { name = \"f\"; server = \"x\"; user = \"u\"; secret_file = \"directory\"; },\n"
	  "  { name = \"g\"; server = \"x\"; user = \"u\"; secret_file = \"c.conf/x\"; } );\n",
	  "c.conf:3: register has no use without user; add user = \"...\"\n"
	  "c.conf:4: register needs a password; add secret_file = \"FILE\"\n"
	  "c.conf:5: auth_user has no use without user; add user = \"...\"\n"
	  "c.conf:5: secret_file has no use without user; add user = \"...\"\n"
	  "c.conf:5: secret_file none.secret does not exist; write the password into it and give it mode 0600\n"
	  "c.conf:6: secret_file open.secret has mode 0644, so that others can use it; chmod 0600, or 0640\n"
	  "c.conf:7: secret_file empty.secret has no password in its first line\n"
	  "c.conf:8: secret_file directory is no file\n"
	  "c.conf:9: secret_file c.conf/x cannot be read: Not a directory\n" },
	{ "country = \"us\";\n"
	  "sip = { realm = \"a\\\"b\"; digest = [ \"MD5\", \"md5\", \"SHA\" ]; };\n"
	  "trunks = (\n"
	  "  { name = \"a\"; server = \"x\"; called_uri = \"sips\"; accept_user = \"u\"; },\n"
	  "  { name = \"b\"; server = \"x\"; accept_secret_file = \"good.secret\"; },\n"
	  "  { name = \"c\"; server = \"x\"; accept_user = \"u\"; accept_secret_file = \"open.secret\"; } );\n",
	  "c.conf:2: realm \"a\"b\" is no realm: 1 to 64 letters, digits, blanks and signs, without quotes\n"
	  "c.conf:2: digest md5 stands here twice; keep one\n"
	  "c.conf:2: digest \"SHA\" is not known; there are \"SHA-512-256\", \"SHA-256\" and \"MD5\"\n"
	  "c.conf:4: accept_user needs a password to prove; add accept_secret_file = \"FILE\"\n"
	  "c.conf:4: called_uri \"sips\" goes over TLS alone; add transport = \"tls\"\n"
	  "c.conf:5: accept_secret_file has no use without accept_user; add accept_user = \"...\"\n"
	  "c.conf:6: accept_secret_file open.secret has mode 0644, so that others can use it; chmod 0600, or 0640\n"
	  "c.conf:6: accept_user \"u\" is trunk a's already; nobody could tell whose calls they are\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"acme\"; register = true; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxs\"; number = \"2\"; user = \"u\"; },\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxs\"; trunk = \"acme\"; user = \"u\"; register = true; secret_file = \"good.secret\"; },\n"
	  "  { name = \"d\"; port = \"sim/4\"; kind = \"fxs\"; trunk = \"acme\"; user = \"u\"; register = true; secret_file = \"good.secret\"; }\n"
	  ");\n",
	  "c.conf:4: register has no use without user; add user = \"...\"\n"
	  "c.conf:5: an own account needs trunk, whose server knows it; add trunk = \"...\"\n"
	  "c.conf:7: user \"u\" is registered for line c too; register the trunk instead, or give each its own\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"dahdi/1\"; trunk = \"acme\"; ring_to = \"5\"; hotline = \"6\"; }\n"
	  ");\n",
	  "c.conf:4: line a needs kind = \"fxs\" or kind = \"fxo\": a simulated port cannot be asked\n"
	  "c.conf:5: line b has ring_to, which is for fxo ports, and hotline, which is for fxs ports; leave one out\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"acme\";\n"
	  "    ring_to = \"5\"; two_stage = true; dial = \"none\";\n"
	  "    dial_method = \"dtmf\"; answer = \"seize\"; wait_dial_tone = true; glare = \"incoming\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"5\";\n"
	  "    did = { }; hotline = \"5\";\n"
	  "    polarity_answer = true; flash = true; }\n"
	  ");\n",
	  "c.conf:5: ring_to is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:5: two_stage is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:5: dial is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:5: ring_to and two_stage exclude each other; leave one out\n"
	  "c.conf:6: dial_method is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:6: answer is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:6: wait_dial_tone is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:6: glare is for fxo ports, and this one is fxs; leave it out\n"
	  "c.conf:8: did is for fxs ports, and this one is fxo; leave it out\n"
	  "c.conf:8: hotline is for fxs ports, and this one is fxo; leave it out\n"
	  "c.conf:9: polarity_answer is for fxs ports, and this one is fxo; leave it out\n"
	  "c.conf:9: flash is for fxs ports, and this one is fxo; leave it out\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = ( { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"acme\";\n"
	  "  call_waiting = true; } );\n",
	  "c.conf:4: call_waiting needs flash = true: a hookflash takes the waiting call\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; trunk = \"acme\"; },\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxo\"; ring_to = \"5\"; },\n"
	  "  { name = \"d\"; port = \"sim/4\"; kind = \"fxo\"; two_stage = true; },\n"
	  "  { name = \"e\"; port = \"sim/5\"; kind = \"fxs\"; hotline = \"5\"; }\n"
	  ");\n",
	  "c.conf:4: line a has no way in or out; add trunk = \"...\", and number = \"...\" for calls to it\n"
	  "c.conf:5: line b does not know what to do when it rings; add ring_to = \"NUMBER\", or two_stage = true\n"
	  "c.conf:6: ring_to \"5\" leads nowhere: line c has no trunk, and no route takes it; add trunk = \"...\"\n"
	  "c.conf:7: what is dialled on line d leads nowhere; add trunk = \"...\", or a route from it\n"
	  "c.conf:8: hotline \"5\" leads nowhere: line e has no trunk, and no route takes it; add trunk = \"...\"\n" },
	{ "country = \"us\";\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"5\"; }\n"
	  ");\n",
	  "c.conf:3: line a has no way in or out; add trunk = \"...\", and number = \"...\" for calls to it\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxo\"; ring_to = \"5\"; }\n"
	  ");\n"
	  "routes = ( { from = \"line:c\"; called = \"6\"; to = \"trunk:acme\"; },\n"
	  "  { called = \"5\"; reject = \"busy\"; } );\n",
	  "c.conf:4: ring_to \"5\" leads nowhere: the route of line 7 refuses it; put one that takes it before that\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxs\"; hotline = \"5\"; number = \"7\"; }\n"
	  ");\n"
	  "routes = ( { calling = \"8\"; to = \"trunk:acme\"; } );\n",
	  "c.conf:4: hotline \"5\" leads nowhere: line c has no trunk, and no route takes it; add trunk = \"...\"\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"5\"; }\n"
	  ");\n"
	  "routes = (\n"
	  "  { called = \"5\"; reject = \"busy\"; } );\n",
	  "c.conf:4: ring_to \"5\" leads nowhere: the route of line 7 refuses it; put one that takes it before that\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"5\"; two_stage = true; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxs\"; trunk = \"acme\"; hotline = \"5\"; digit_map = \"xx\"; },\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"5\"; digit_map = \"xx\"; },\n"
	  "  { name = \"d\"; port = \"sim/4\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"5\"; dial = \"*9\"; dial_method = \"pulse\"; }\n"
	  ");\n",
	  "c.conf:4: ring_to and two_stage exclude each other; leave one out\n"
	  "c.conf:5: with hotline nothing is dialled; leave digit_map or hotline out, or add hotline_delay\n"
	  "c.conf:6: digit_map on an fxo port has no use without two_stage = true\n"
	  "c.conf:7: dial \"*9\" cannot be sent as pulses; only 0 to 9 can\n" },
	{ "country = \"us\";\n"
	  "over_limit = 486;\n"
	  "retry_after = 5;\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; over_limit = \"486\"; retry_after = 5;\n"
	  "  ptime = 25; } );\n",
	  "c.conf:3: retry_after goes with 503; with over_limit 486 leave it out\n"
	  "c.conf:4: retry_after goes with 503; with over_limit 486 leave it out\n"
	  "c.conf:5: ptime is 25 ms; it must be a multiple of 10, like 20\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; }\n"
	  ");\n"
	  "routes = (\n"
	  "  { from = \"trunk:acme\"; },\n"
	  "  { called = \"1\"; to = \"line:a\"; reject = \"busy\"; },\n"
	  "  { called = \"2\"; to = \"line:a\"; calling_number = \"5\"; calling_strip = 2; },\n"
	  "  { from = \"line:a\"; to = \"trunk:acme\"; },\n"
	  "  { from = \"line:a\"; called = \"9\"; to = \"trunk:acme\"; },\n"
	  "  { to = \"line:a\"; },\n"
	  "  { from = \"line:b\"; to = \"trunk:acme\"; },\n"
	  "  { calling = \"3\"; to = \"trunk:acme\"; }\n"
	  ");\n",
	  "c.conf:8: this route leads nowhere; add to = [ ... ], or reject = \"rejected\"\n"
	  "c.conf:9: this route has to as well as reject; leave one out\n"
	  "c.conf:10: calling_number replaces the whole number; leave calling_strip and calling_prefix out\n"
	  "c.conf:12: this route is never reached: the one of line 11 takes all its calls; put this one before it\n"
	  "c.conf:14: this route is never reached: the one of line 13 takes all its calls; put this one before it\n"
	  "c.conf:15: this route is never reached: the one of line 13 takes all its calls; put this one before it\n" },
	{ "country = \"us\";\n"
	  "sip = { listen = [ \"udp:127.0.0.1:5060\", \"udp:127.0.0.1:5060\" ]; };\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; transport = \"tcp\"; },\n"
	  " { name = \"b\"; server = \"x\"; } );\n",
	  "c.conf:2: listen \"udp:127.0.0.1:5060\" stands here twice; keep one\n"
	  "c.conf:3: trunk a uses tcp, but listen in line 2 has no \"tcp:...\"; add one\n" },
	{ "country = \"us\";\n"
	  "rtp = { ports = [ 10001, 10009 ]; };\n",
	  "c.conf:2: ports begin with 10001; RTP ports are even, begin with 10002\n" },
	{ "country = \"us\";\n"
	  "rtp = { ports = [ 10000, 10002 ]; };\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; }\n"
	  ");\n",
	  "c.conf:2: ports 10000 to 10002 are enough for 1 call, but 2 are possible; a call needs two, end with 10003 or more\n" },
	{ "country = \"us\";\n"
	  "rtp = { ports = [ 10000, 10003 ]; };\n"
	  "max_calls = 3;\n"
	  "trunks = ( { name = \"acme\"; server = \"192.0.2.1\"; } );\n"
	  "lines = (\n"
	  "  { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"1\"; trunk = \"acme\"; },\n"
	  "  { name = \"b\"; port = \"sim/2\"; kind = \"fxo\"; ring_to = \"5\"; trunk = \"acme\"; },\n"
	  "  { name = \"c\"; port = \"sim/3\"; kind = \"fxs\"; trunk = \"acme\"; },\n"
	  "  { name = \"d\"; port = \"sim/4\"; kind = \"fxs\"; trunk = \"acme\"; }\n"
	  ");\n",
	  "c.conf:2: ports 10000 to 10003 are enough for 2 calls, but 3 are possible; a call needs two, end with 10005 or more\n" },
};


static int start(void **state)
{
	if (help_start(state))
		return -1;
	help_write("good.secret", "Tipperary, 18 miles\n", 0640);
	help_write("open.secret", "password\n", 0644);
	help_write("empty.secret", "\n", 0600);
	return mkdir("directory", 0700);
}

static void ringing_has_its_cadence(void **state)
{
#define RUNG "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; } );\n"
	struct config *conf = help_good(RUNG "cadences = ( { name = \"Two\"; "
		"ring = [ 400, 200, 400, 2000 ]; } ); ringing = ( { calling = \"5x.\"; "
		"cadence = \"two\"; } );\n");

	assert_int_equal(config_cadence(conf, "TWO")->count, 4);
	assert_int_equal(config_cadence(conf, "bellcore-dr3")->count, 6);
	assert_null(config_cadence(conf, "three"));
	config_free(conf);
	help_bad(RUNG "cadences = ( { name = \"a\"; ring = [ 400, 200, 400 ]; } );\n",
		 "c.conf:2: ring: a pause is missing behind the last ring\n");
	help_bad(RUNG "cadences = ( { name = \"a\"; ring = [ 400, 200 ]; } );\n",
		 "c.conf:2: ring: a pause of 1800 ms or more is needed: caller ID is sent there\n");
	help_bad(RUNG "cadences = ( { name = \"a\"; ring = [ 5, 2000 ]; } );\n",
		 "c.conf:2: ring must be a number from 50 to 10000, not 5\n");
	help_bad(RUNG "cadences = ( { name = \"a\"; ring = [ 500, 2000 ]; },\n"
		 "  { name = \"A\"; ring = [ 400, 2000 ]; } );\n",
		 "c.conf:3: two cadences are called \"A\"; rename one\n");
	help_bad(RUNG "ringing = ( { calling = \"1\"; cadence = \"b\"; } );\n",
		 "c.conf:2: no cadence is called \"b\"; describe it in cadences, or use \"bellcore-dr1\" to \"bellcore-dr5\"\n");
}

static void caller_id_has_its_ways(void **state)
{
#define CALLED "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; } );\n" \
	"lines = ( { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"t\"; "
	struct config *conf = help_good(CALLED "callerid_standard = \"dtmf\"; } );\n");

	assert_int_equal(conf->lines[0].way.standard, CALLERID_DTMF);
	assert_int_equal(conf->lines[0].way.alert, ALERT_NONE);
	assert_int_equal(conf->lines[0].way.start, 'A');
	config_free(conf);
	conf = help_good(CALLED "callerid_alert = \"dtas\"; } );\n");
	assert_int_equal(conf->lines[0].way.standard, CALLERID_BELLCORE);
	assert_int_equal(conf->lines[0].way.alert, ALERT_DTAS);
	config_free(conf);
	help_bad(CALLED "callerid = false; callerid_standard = \"uk\"; } );\n",
		 "c.conf:2: callerid_standard has no use with callerid = false; leave one out\n");
	help_bad(CALLED "callerid_standard = \"japan\"; callerid_alert = \"ring\"; } );\n",
		 "c.conf:2: Japan's caller ID is always announced by a reversal and a short ring; leave callerid_alert out\n");
	help_bad(CALLED "mwi_alert = \"ring\"; } );\n",
		 "c.conf:2: mwi_alert has no use without \"fsk\" in mwi\n");
	help_bad(CALLED "callerid_standard = \"dtmf\"; mwi = [ \"fsk\" ]; } );\n",
		 "c.conf:2: DTMF caller ID has no data for messages; leave \"fsk\" out, or set callerid_standard\n");
	help_bad(CALLED "mwi = [ \"bell\" ]; } );\n",
		 "c.conf:2: mwi \"bell\" is not known; it may be \"stutter\", \"lamp\" or \"fsk\"\n");
	help_bad(CALLED "call_waiting_callerid = false; } );\n",
		 "c.conf:2: call_waiting_callerid has no use without call_waiting = true\n");
	help_bad(CALLED "flash = true; call_waiting = true; callerid_standard = \"japan\"; "
		 "call_waiting_callerid = true; } );\n",
		 "c.conf:2: Japan caller ID cannot tell who waits; leave call_waiting_callerid out\n");
	help_bad(CALLED "callerid_standard = \"etsy\"; callerid_alert = \"bell\"; } );\n",
		 "c.conf:2: callerid_standard \"etsy\" is not known; did you mean \"etsi\"?\n"
		 "c.conf:2: callerid_alert \"bell\" is not known; it may be \"ring\", \"polarity\", \"dtas\" or \"none\"\n");
}

static void weak_passwords_are_refused(void **state)
{
	static const struct {
		const char *secret, *what;	/* NULL: a good one */
	} cases[] = {
		{ "Dublin7", "is shorter than 8 characters" },
		{ "Dublin78", NULL },
		{ "zzzzzzzzzzzz", "is one character, repeated" },
		{ "PassWord", "is among those that attackers try first" },
		{ "q1w2e3r4", "is among those that attackers try first" },
		{ "gatekeeper", "is the user's name" },
		{ "GateKeeperGatekeeper", "is the user's name" },
		{ "gatekeeper-7", NULL },
		{ "authority", "is the user's name" },
		{ "15551230001", "is the line's number" },
		{ "73019462850", "has digits alone, and fewer than 12" },
		{ "730194628501", NULL },
	};
	char errors[256];

#define ACCOUNT(more) "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; } );\n" \
	"lines = ( { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; number = \"+15551230001\"; trunk = \"t\";\n" \
	"  user = \"gatekeeper\"; auth_user = \"authority\"; register = true;\n" \
	"  secret_file = \"tried.secret\"; " more " } );\n"
	for (size_t i = 0; i < COUNT(cases); i++) {
		help_write("tried.secret", cases[i].secret, 0600);
		config_free(help_good(ACCOUNT("allow_weak_secret = true;")));
		if (!cases[i].what) {
			config_free(help_good(ACCOUNT("")));
			continue;
		}
		snprintf(errors, sizeof(errors), "c.conf:4: secret_file tried.secret: the password %s; agree on a better one with the far end, or set allow_weak_secret = true\n",
			 cases[i].what);
		help_bad(ACCOUNT(""), errors);
	}
	/* A trunk's account is judged, too. */
	help_write("tried.secret", "asterisk\n", 0600);
#define TRUNK_ACCOUNT(more) "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\";\n" \
	"  user = \"u\"; secret_file = \"tried.secret\"; " more " } );\n"
	config_free(help_good(TRUNK_ACCOUNT("allow_weak_secret = true;")));
	help_bad(TRUNK_ACCOUNT(""),
		 "c.conf:2: secret_file tried.secret: the password is among those that attackers try first; agree on a better one with the far end, or set allow_weak_secret = true\n");
}

static void contradictions_are_told(void **state)
{
	for (size_t i = 0; i < COUNT(clashes); i++)
		help_bad(clashes[i].text, clashes[i].errors);
}

/* Near to the wrong ones above, and right. */
static void what_is_near_is_right(void **state)
{
#define TRUNK "country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; } );\n"
#define LINE(rest) "lines = ( { name = \"a\"; port = \"sim/1\"; kind = " rest " } );\n"
	static const char *const right[] = {
		TRUNK LINE("\"fxs\"; number = \"1\";"),
		TRUNK LINE("\"fxs\"; trunk = \"t\";"),
		TRUNK LINE("\"fxs\";") "routes = ( { to = \"line:a\"; } );",
		TRUNK LINE("\"fxs\";") "emergency = { via = \"line:a\"; };",
		TRUNK LINE("\"fxs\";") "groups = ( { name = \"g\"; lines = \"a\"; max_calls = 1; } );"
		"routes = ( { to = \"group:g\"; } );",
		TRUNK LINE("\"fxs\"; hotline = \"5\";")
		"routes = ( { from = \"line:a\"; called = \"5\"; to = \"trunk:t\"; } );",
		TRUNK LINE("\"fxo\"; ring_to = \"5\";")
		"routes = ( { called = \"6\"; reject = \"busy\"; }, { called = \"x\"; to = \"trunk:t\"; } );",
		TRUNK LINE("\"fxo\"; ring_to = \"5\";")
		"routes = ( { calling = \"9x.\"; to = \"trunk:t\"; } );",
		TRUNK LINE("\"fxo\"; two_stage = true; digit_map = \"xx\"; trunk = \"t\";"),
		TRUNK LINE("\"fxo\"; ring_to = \"5\"; trunk = \"t\"; dial = \"9w123\"; dial_method = \"pulse\";"),
		TRUNK LINE("\"fxs\"; trunk = \"t\"; user = \"u\"; register = true; secret_file = \"good.secret\";")
		"max_calls = 1; max_calls_in = 1; max_calls_out = 0; rtp = { ports = [ 10000, 10001 ]; };",
		"country = \"us\"; lines = ( { name = \"a\"; port = \"dahdi/1\"; trunk = \"t\"; number = \"1\"; },"
		"{ name = \"b\"; port = \"dahdi/2\"; trunk = \"t\"; number = \"1\"; } );"
		"trunks = ( { name = \"t\"; server = \"x\"; transport = \"tcp\"; max_calls = 2; } );"
		"sip = { listen = [ \"tcp:127.0.0.1:5060\", \"udp:[::1]\" ]; };",
	};

	for (size_t i = 0; i < COUNT(right); i++)
		config_free(help_good(right[i]));
}

static void transfers_have_their_ways(void **state)
{
	struct config *conf = help_good(CALLED "flash = true; } );\n");

	assert_string_equal(conf->lines[0].transfer_code, "*98");
	assert_int_equal(conf->trunks[0].transfer_out, TRANSFER_OUT_LOCAL);
	config_free(conf);
	conf = help_good(CALLED "transfer = false; transfer_code = \"\"; } );\n");
	assert_string_equal(conf->lines[0].transfer_code, "");
	config_free(conf);
	for (int i = 0; i < 6; i++) {
		static const char *const bad[] = { "98", "*", "*98#", "*9x", "#98", "*1234567" };
		char text[300], why[160];

		snprintf(text, sizeof(text), CALLED "flash = true; transfer_code = \"%s\"; } );\n",
			 bad[i]);
		snprintf(why, sizeof(why), "c.conf:2: transfer_code \"%s\" is no code: '*' and 1 to 6 "
			 "digits, or \"\" for none\n", bad[i]);
		help_bad(text, why);
	}
	help_bad(CALLED "transfer_code = \"*7\"; } );\n",
		 "c.conf:2: transfer_code has no use without flash = true, nor with flash_holds or transfer = false\n");
	help_bad("country = \"us\"; trunks = ( { name = \"t\"; server = \"x\"; transfer_out = \"yes\"; } );\n",
		 "c.conf:1: transfer_out \"yes\" is not known; it may be \"local\" or \"refer\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contradictions_are_told),
		cmocka_unit_test(weak_passwords_are_refused),
		cmocka_unit_test(ringing_has_its_cadence),
		cmocka_unit_test(caller_id_has_its_ways),
		cmocka_unit_test(transfers_have_their_ways),
		cmocka_unit_test(what_is_near_is_right),
	};

	return cmocka_run_group_tests(tests, start, help_end);
}
