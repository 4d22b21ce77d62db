/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Each kind of wrong value, unknown key and missing key, with its exact message. */
#include <stdio.h>

#include "config-help.h"

struct pair {
	const char *text, *errors;
};

static const struct pair values[] = {
	{ "max_calls = 2;\n",
	  "c.conf: this file has no country; add country, a code in quotes, like \"us\"\n" },
	{ "country = \"xx\";\n",
	  "c.conf:1: country \"xx\" is not known; did you mean \"mx\" (Mexico)?\n" },
	{ "country = \"germany\";\n",
	  "c.conf:1: country \"germany\" is not known; did you mean \"de\" (Germany)?\n" },
	{ "country = \"usa\";\n",
	  "c.conf:1: country \"usa\" is not known; did you mean \"us\" (United States)?\n" },
	{ "country = 1;\n",
	  "c.conf:1: country must be a string; put it in quotes: \"1\"\n" },
	{ "country = [ ];\n",
	  "c.conf:1: country must be a code in quotes, like \"us\", not a list in [ ]\n" },
	{ "country = \"us\";\n"
	  "contry = \"us\";\n"
	  "qwertz = 1;\n",
	  "c.conf:2: contry is no key of the file; did you mean country?\n"
	  "c.conf:3: qwertz is no key of the file; there are: country, max_calls, max_calls_in, max_calls_out, over_limit, retry_after, trunks, spans, lines, groups, trunk_groups, routes, cadences, ringing, emergency, fraud, sip, tls, rtp, cdr, control, control_group, state_directory, sim, log, timers, tones\n" },
	{ "country = \"us\";\n"
	  "max_calls = 15551230000;\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not 15551230000\n" },
	{ "country = \"us\";\n"
	  "max_calls = -1;\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not -1\n" },
	{ "country = \"us\";\n"
	  "max_calls = 4294967297;\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not 4294967297\n" },
	{ "country = \"us\";\n"
	  "max_calls = \"8\";\n",
	  "c.conf:2: max_calls is a number; write it without quotes\n" },
	{ "country = \"us\";\n"
	  "max_calls = \"eight\";\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not \"eight\"\n" },
	{ "country = \"us\";\n"
	  "max_calls = 1.5;\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not 1.5\n" },
	{ "country = \"us\";\n"
	  "max_calls = { };\n",
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not a group in { }\n" },
	{ "country = \"us\";\n"
	  "over_limit = 404;\n"
	  "log = \"inf\";\n",
	  "c.conf:2: over_limit must be \"503\" or \"486\", not 404\n"
	  "c.conf:3: log \"inf\" is not known; did you mean \"info\"?\n" },
	{ "country = \"us\";\n"
	  "log = 3;\n",
	  "c.conf:2: log must be \"error\", \"warning\", \"info\" or \"debug\", not 3\n" },
	{ "country = \"us\";\n"
	  "trunks = { };\n"
	  "lines = \"a\";\n"
	  "groups = ( 1 );\n"
	  "sip = ( );\n",
	  "c.conf:2: trunks must be a list of groups, ( { ... }, { ... } ), not a group in { }\n"
	  "c.conf:3: lines must be a list of groups, ( { ... }, { ... } ), not \"a\"\n"
	  "c.conf:4: groups must hold groups in { }, one for each group, not 1\n"
	  "c.conf:5: sip must be a group in { }, not a list in ( )\n" },
	{ "country = \"us\";\n"
	  "control = 5;\n"
	  "control_group = \"a\\x01b\";\n",
	  "c.conf:2: control must be a string; put it in quotes: \"5\"\n"
	  "c.conf:3: control_group \"a?b\" holds a control character\n" },
	{ "country = \"us\";\n"
	  "control = \"/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\";\n",
	  "c.conf:2: control is a path of 111 characters; at most 107 are possible\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = 5; port = \"sim/1\"; kind = \"fxs\"; hotline = 15551230000;\n"
	  "  number = 0123; display_name = +123; ring_to = true; user = 1.5; } );\n",
	  "c.conf:2: name must be a string; put it in quotes: \"5\"\n"
	  "c.conf:2: hotline must be a string; put it in quotes: \"15551230000\"\n"
	  "c.conf:3: number must be a string; put it in quotes: \"0123\"\n"
	  "c.conf:3: display_name must be a string; put it in quotes: \"+123\"\n"
	  "c.conf:3: ring_to must be a telephone number in quotes, not true\n"
	  "c.conf:3: user must be a string; put it in quotes: \"1.5\"\n"
	  "c.conf:3: ring_to is for fxo ports, and this one is fxs; leave it out\n" },
	{ "country = \"us\";\n"
	  "emergency = { numbers = [ 911 ]; };\n",
	  "c.conf:2: numbers must be a string; put it in quotes: \"911\"\n" },
	{ "country = \"us\";\n"
	  "emergency = { numbers = [ ]; };\n",
	  "c.conf:2: numbers is empty; give at least one, or leave it out\n" },
	{ "country = \"us\";\n"
	  "emergency = { numbers = \"112 9\"; };\n",
	  "c.conf:2: numbers \"112 9\" is no emergency number: 1 to 15 digits\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { } );\n",
	  "c.conf:2: this trunk has no name; add name, a name in quotes\n"
	  "c.conf:2: this trunk has no server; add server, a host name or address in quotes\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { nam = \"x\"; server = \"192.0.2.300\"; port = 0; transport = \"sctp\"; srtp = true; } );\n",
	  "c.conf:2: nam is no key of trunks; did you mean name?\n"
	  "c.conf:2: server \"192.0.2.300\" is no IP address\n"
	  "c.conf:2: port must be a whole number from 1 to 65535, not 0\n"
	  "c.conf:2: transport \"sctp\" is not known; it may be \"udp\", \"tcp\" or \"tls\"\n"
	  "c.conf:2: srtp must be \"off\", \"preferred\" or \"required\", not true\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a b\"; server = \"sip:acme\"; transport = \"sctp\"; password = \"x\"; } );\n",
	  "c.conf:2: a password does not stand in this file; write it to a file of mode 0600 and name that in secret_file\n"
	  "c.conf:2: name \"a b\" is no name: 1 to 47 letters, digits, '.', '_' or '-'\n"
	  "c.conf:2: server \"sip:acme\" is no host; leave \"sip:\" out\n"
	  "c.conf:2: transport \"sctp\" is not known; it may be \"udp\", \"tcp\" or \"tls\"\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"\"; server = \"acme:5060\"; port = 65536; transport = \"tpc\"; domain = \"-x\"; proxy = \"x:0\"; } );\n",
	  "c.conf:2: name \"\" is no name: 1 to 47 letters, digits, '.', '_' or '-'\n"
	  "c.conf:2: server \"acme:5060\" is no host; a port has a key of its own\n"
	  "c.conf:2: port must be a whole number from 1 to 65535, not 65536\n"
	  "c.conf:2: transport \"tpc\" is not known; did you mean \"tcp\"?\n"
	  "c.conf:2: domain \"-x\" is neither host name nor address\n"
	  "c.conf:2: proxy \"x:0\" has no port from 1 to 65535 behind the ':'\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \".x\"; proxy = \"sip:x\"; user = \"a@b\"; expires = 59; max_calls = 10000; register = 1; } );\n",
	  "c.conf:2: server \".x\" is neither host name nor address\n"
	  "c.conf:2: proxy \"sip:x\" is no proxy; leave \"sip:\" out\n"
	  "c.conf:2: user \"a@b\" is no user; what stands behind the '@' belongs into domain\n"
	  "c.conf:2: register must be true or false, not 1\n"
	  "c.conf:2: expires must be a whole number from 60 to 86400 s, not 59\n"
	  "c.conf:2: max_calls must be a whole number from 0 to 9999, not 10000\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; proxy = \"[::1\"; user = \"a b\"; codecs = [ \"PCMU\", \"G729\" ]; dtmf = \"rfc2833\"; ptime = 5; nat = \"yes\"; options = 3601; } );\n",
	  "c.conf:2: proxy \"[::1\" lacks a ']'\n"
	  "c.conf:2: user \"a b\" is no user of a SIP address\n"
	  "c.conf:2: codec \"G729\" is not known; there are \"PCMU\" (G.711 mu-law) and \"PCMA\" (G.711 A-law)\n"
	  "c.conf:2: dtmf \"rfc2833\" is not known; did you mean \"rfc4733\"?\n"
	  "c.conf:2: ptime must be 10, 20, 30, 40, 50 or 60 ms, not 5\n"
	  "c.conf:2: nat must be true or false, not \"yes\"\n"
	  "c.conf:2: options must be a whole number from 0 to 3600 s, not 3601\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; codecs = [ \"pcmu\", \"PCMU\" ]; accept_from = [ \"1.2.3\", \"192.0.2.0/33\", \"::/129\", \"x/8\" ]; } );\n",
	  "c.conf:2: codec PCMU stands here twice; keep one\n"
	  "c.conf:2: accept_from \"1.2.3\" is neither address nor network; like 192.0.2.0/24\n"
	  "c.conf:2: accept_from \"192.0.2.0/33\" has no length from 0 to 32 behind the '/'\n"
	  "c.conf:2: accept_from \"::/129\" has no length from 0 to 128 behind the '/'\n"
	  "c.conf:2: accept_from \"x/8\" is neither address nor network; like 192.0.2.0/24\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; codecs = [ ]; accept_from = 5; } );\n",
	  "c.conf:2: codecs is empty; give at least one, or leave it out\n"
	  "c.conf:2: accept_from must be a list of addresses and networks, like \"192.0.2.0/24\", not 5\n" },
	{ "country = \"us\";\n"
	  "trunks = ( { name = \"a\"; server = \"x\"; codecs = [ \"PCMU\", \"PCMA\", \"PCMU\" ]; accept_from = ( { } ); } );\n",
	  "c.conf:2: codecs has 3 elements; at most 2 are possible\n"
	  "c.conf:2: accept_from must be a list of addresses and networks, like \"192.0.2.0/24\", not a group in { }\n" },
	{ "country = \"us\";\n"
	  "lines = ( { }, 7, { name = \"a\"; } );\n",
	  "c.conf:2: this line has no name; add name, a name in quotes\n"
	  "c.conf:2: this line has no port; add port, DRIVER/PORT, like \"sim/1\"\n"
	  "c.conf:2: lines must hold groups in { }, one for each line, not 7\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = \"a\"; port = \"1\"; kind = \"fx0\"; number = \"555-1234\"; trunk = \"a b\"; dial = \"last:0\"; answer = \"delay:0\"; } );\n",
	  "c.conf:2: port \"1\" is no port: a driver and what it calls the port, like sim/1\n"
	  "c.conf:2: kind \"fx0\" is not known; did you mean \"fxs\"?\n"
	  "c.conf:2: number \"555-1234\" is no number; write it without blanks and dashes, like +15551230001\n"
	  "c.conf:2: trunk \"a b\" is no name: 1 to 47 letters, digits, '.', '_' or '-'\n"
	  "c.conf:2: dial \"last:0\" must have a number of digits from 1 to 32 behind \"last:\"\n"
	  "c.conf:2: answer \"delay:0\" must have 1 to 120 seconds behind \"delay:\"\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = \"a\"; port = \"sim/\"; kind = \"fso\"; number = \"x\"; dial = \"x\"; answer = \"delay:121\"; dial_method = \"dmtf\"; glare = 1; } );\n",
	  "c.conf:2: port \"sim/\" is no port: a driver and what it calls the port, like sim/1\n"
	  "c.conf:2: kind \"fso\" is not known; did you mean \"fxo\"?\n"
	  "c.conf:2: number \"x\" is no number: digits, '*' and '#', with or without '+' in front\n"
	  "c.conf:2: dial must be \"called\", \"last:N\", \"none\" or digits, not \"x\"\n"
	  "c.conf:2: dial_method \"dmtf\" is not known; did you mean \"dtmf\"?\n"
	  "c.conf:2: answer \"delay:121\" must have 1 to 120 seconds behind \"delay:\"\n"
	  "c.conf:2: glare must be \"incoming\" or \"outgoing\", not 1\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = \"a\"; port = \"sim/1\"; number = \"\"; dial = \"last:x\"; answer = \"now\"; two_stage = 1; did = true; digit_map = \"9[x\"; rx_gain = 12.5; tx_gain = \"3\"; echo = 1; } );\n",
	  "c.conf:2: number \"\" is no number; leave the key out where there is none\n"
	  "c.conf:2: two_stage must be true or false, not 1\n"
	  "c.conf:2: dial \"last:x\" must have a number of digits from 1 to 32 behind \"last:\"\n"
	  "c.conf:2: answer must be \"supervised\", \"polarity\", \"delay:SECONDS\" or \"seize\", not \"now\"\n"
	  "c.conf:2: did must be { digits = N; when = \"answer\" or \"wink\"; }, not true\n"
	  "c.conf:2: digit_map \"9[x\" cannot be read; end of digit map \"9[x\": ']' is missing\n"
	  "c.conf:2: rx_gain must be a number from -12 to 12 dB, not 12.5\n"
	  "c.conf:2: tx_gain is a number; write it without quotes\n"
	  "c.conf:2: echo must be true, false, \"spandsp\", \"dahdi\" or { canceller = ...; ms = N; nlp = true or false; }, not 1\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = \"a\"; port = \"sim/1\"; did = { digits = 17; when = \"wnk\"; what = 1; }; echo = { ms = 4; nlp = 1; }; rx_gain = 4294967296; digit_map = \"\"; } );\n",
	  "c.conf:2: what is no key of did; there are: digits, when\n"
	  "c.conf:2: digits must be a whole number from 1 to 16, not 17\n"
	  "c.conf:2: when \"wnk\" is not known; did you mean \"wink\"?\n"
	  "c.conf:2: digit_map \"\" cannot be read; end of digit map \"\": an alternative is empty\n"
	  "c.conf:2: rx_gain must be a number from -12 to 12 dB, not 4294967296\n"
	  "c.conf:2: ms must be a whole number from 8 to 128 ms, not 4\n"
	  "c.conf:2: nlp must be true or false, not 1\n" },
	{ "country = \"us\";\n"
	  "lines = ( { name = \"a\"; port = \"sim/1\"; number = \"1111111111111111111111111111111111111111111111111111111111111111\"; display_name = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"; } );\n",
	  "c.conf:2: number \"111111111111111111111111111111111111111111111111111111111111\" is longer than a number can be, 63 digits\n"
	  "c.conf:2: display_name \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" is too long; at most 79 bytes\n" },
	{ "country = \"us\";\n"
	  "groups = ( { lines = \"a\"; hunt = \"lineer\"; }, { name = \"g\"; lines = [ ]; }, { name = \"h\"; } );\n",
	  "c.conf:2: this group has no name; add name, a name in quotes\n"
	  "c.conf:2: hunt \"lineer\" is not known; did you mean \"linear\"?\n"
	  "c.conf:2: lines is empty; give at least one\n"
	  "c.conf:2: this group has no lines; add lines, a list of lines' names\n"
	  "c.conf:2: there is no line \"a\"; add it to lines, or correct the name\n" },
	{ "country = \"us\";\n"
	  "routes = ( { from = \"trunk\"; called = 9; calling = \"x|\"; strip = 33; prefix = \"a\"; to = \"acme\"; }, { from = \"group:\"; calling_number = \"a\"; to = [ ]; reject = 99; }, { to = \"any\"; reject = \"bussy\"; }, { reject = true; } );\n",
	  "c.conf:2: from must be \"any\", \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\", not \"trunk\"\n"
	  "c.conf:2: called must be a string; put it in quotes: \"9\"\n"
	  "c.conf:2: calling \"x|\" cannot be read; end of digit map \"x|\": an alternative is empty\n"
	  "c.conf:2: strip must be a whole number from 0 to 32, not 33\n"
	  "c.conf:2: prefix \"a\" cannot stand in front of a number: at most 32 digits, '*', '#', or '+' first\n"
	  "c.conf:2: to \"acme\" must be \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"\n"
	  "c.conf:2: from must be \"any\", \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\", not \"group:\"\n"
	  "c.conf:2: calling_number \"a\" is no number: digits, '*' and '#', with or without '+' in front\n"
	  "c.conf:2: to is empty; give at least one, or leave it out\n"
	  "c.conf:2: reject must be \"unallocated\", \"no-route\", \"busy\", \"no-answer\", \"rejected\", \"invalid-number\", \"out-of-order\", \"congestion\" or \"not-authorized\", not 99\n"
	  "c.conf:2: to \"any\" must be \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"\n"
	  "c.conf:2: reject \"bussy\" is not known; did you mean \"busy\"?\n"
	  "c.conf:2: reject must be \"unallocated\", \"no-route\", \"busy\", \"no-answer\", \"rejected\", \"invalid-number\", \"out-of-order\", \"congestion\" or \"not-authorized\", not true\n" },
	{ "country = \"us\";\n"
	  "routes = ( { to = [ \"line:1\", \"line:2\", \"line:3\", \"line:4\", \"line:5\", \"line:6\", \"line:7\", \"line:8\", \"line:9\" ]; } );\n",
	  "c.conf:2: to has 9 elements; at most 8 are possible\n" },
	{ "country = \"us\";\n"
	  "sip = { listen = [ \"udp:host:5060\", \"udp:1.2.3.4:0\", \"tls:0.0.0.0:5061\", \"foo:1\", \"udp:[::1\", \"tcp:::1\" ]; public_address = \"stun:\"; };\n",
	  "c.conf:2: listen \"udp:host:5060\" has no IP address and port behind the transport, like \"udp:0.0.0.0:5060\"\n"
	  "c.conf:2: listen \"udp:1.2.3.4:0\" has no IP address and port behind the transport, like \"udp:0.0.0.0:5060\"\n"
	  "c.conf:2: listen \"foo:1\" must begin with \"udp:\", \"tcp:\" or \"tls:\", like \"udp:0.0.0.0:5060\"\n"
	  "c.conf:2: listen \"udp:[::1\" has no IP address and port behind the transport, like \"udp:0.0.0.0:5060\"\n"
	  "c.conf:2: listen \"tcp:::1\" has no IP address and port behind the transport, like \"udp:0.0.0.0:5060\"\n"
	  "c.conf:2: public_address \"stun:\" is no address, no host name and no \"stun:SERVER\"\n"
	  "c.conf:2: listen has \"tls:...\", but there is no certificate to show; add tls = { certificate_file = \"FILE\"; key_file = \"FILE\"; }\n" },
	{ "country = \"us\";\n"
	  "rtp = { address = \"eth0\"; ports = [ 80, 90 ]; dscp = 64; jitter = [ 200, 20 ]; dead = -1; };\n",
	  "c.conf:2: address must be an IP address in quotes, not \"eth0\"\n"
	  "c.conf:2: ports: 80 is not from 1024 to 65535\n"
	  "c.conf:2: dscp must be a whole number from 0 to 63, not 64\n"
	  "c.conf:2: jitter [200, 20] must begin with the smaller number\n"
	  "c.conf:2: dead must be a whole number from 0 to 3600 s, not -1\n" },
	{ "country = \"us\";\n"
	  "rtp = { ports = \"10000-20000\"; jitter = [ 5 ]; };\n",
	  "c.conf:2: ports must be two numbers in [ ], 1024 to 65535, not \"10000-20000\"\n"
	  "c.conf:2: jitter must be two numbers in [ ], 0 to 1000 ms, not 1\n" },
	{ "country = \"us\";\n"
	  "rtp = { ports = [ 10000, 75536 ]; jitter = [ \"1\", \"2\" ]; };\n",
	  "c.conf:2: ports: 75536 is not from 1024 to 65535\n"
	  "c.conf:2: jitter: \"1\" is no whole number\n" },
	{ "country = \"us\";\n"
	  "cdr = { file = 1; journal = \"no\"; path = \"x\"; };\n"
	  "sim = { dir = \"x\"; };\n",
	  "c.conf:2: path is no key of cdr; there are: file, journal\n"
	  "c.conf:2: file must be a string; put it in quotes: \"1\"\n"
	  "c.conf:2: journal must be true or false, not \"no\"\n"
	  "c.conf:3: dir is no key of sim; there are: directory\n" },
	{ "country = \"us\";\n"
	  "timers = { rng = 30; ring = 1; break = \"1\"; };\n",
	  "c.conf:2: rng is no key of timers; did you mean ring?\n"
	  "c.conf:2: ring must be a whole number from 5 to 600 s, not 1\n"
	  "c.conf:2: break is a number; write it without quotes\n" },
	{ "country = \"us\";\n"
	  "timers = 3;\n"
	  "tones = ( );\n",
	  "c.conf:2: timers must be a group in { }, not 3\n"
	  "c.conf:3: tones must be a group in { }, not a list in ( )\n" },
	{ "country = \"us\";\n"
	  "tones = { busi = \"425\"; busy = \"9000/3\"; dial = 425; congestion = \"425/\"; ringback = \"425/500,!425/500\"; zzzzzz = \"1\"; };\n",
	  "c.conf:2: busi is no key of tones; did you mean busy?\n"
	  "c.conf:2: busy \"9000/3\" is no tone; write Hz/ms,Hz/ms,..., like \"480+620/500,0/500\", at most 16 parts of 1 to 3999 Hz\n"
	  "c.conf:2: dial must be a string; put it in quotes: \"425\"\n"
	  "c.conf:2: congestion \"425/\" is no tone; write Hz/ms,Hz/ms,..., like \"480+620/500,0/500\", at most 16 parts of 1 to 3999 Hz\n"
	  "c.conf:2: ringback \"425/500,!425/500\" is no tone; write Hz/ms,Hz/ms,..., like \"480+620/500,0/500\", at most 16 parts of 1 to 3999 Hz\n"
	  "c.conf:2: zzzzzz is no key of tones; there are: dial, stutter, ringback, busy, congestion, sit, call_waiting, howler, second_dial\n" },
};


static void wrong_values_are_told(void **state)
{
	for (size_t i = 0; i < COUNT(values); i++)
		help_bad(values[i].text, values[i].errors);
}

/* All in one go, by line, although they are found in another order; the same
 * error in the same line once. */
static void errors_come_in_the_order_of_lines(void **state)
{
	help_bad("log = \"x\";\n"
		 "lines = ( { name = \"a\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"t\"; } );\n"
		 "timers = { ring = 0; };\n"
		 "routes = (\n  { to = [ \"x\", \"x\" ]; } );\n"
		 "max_calls = 7;\n"
		 "country = \"atlantis\";\n",
		 "c.conf:1: log \"x\" is not known; it may be \"error\", \"warning\", \"info\" or \"debug\"\n"
		 "c.conf:2: there is no trunk \"t\"; add it to trunks, or correct the name\n"
		 "c.conf:3: ring must be a whole number from 5 to 600 s, not 0\n"
		 "c.conf:5: to \"x\" must be \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"\n"
		 "c.conf:6: max_calls is 7, but the box has 1 line; at most 1 call can be\n"
		 "c.conf:7: country \"atlantis\" is not known; there are: ae ar at au be bg br ca ch cl cn cr cz de dk ee es fi fr gb gr hu il in it jp lt mo mx my nl no nz pa ph pl pt ru se sg th tr tw uk us us-old ve za\n");
}

static void a_thousand_errors_are_all_told(void **state)
{
	static struct help_errors errors;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (int i = 0; i < 1000; i++)
		fprintf(f, "key%d = 1;\n", i);
	fclose(f);
	errors.count = 0;
	help_write(HELP_FILE, text, 0644);
	assert_null(config_load(HELP_FILE, help_count, &errors));
	assert_int_equal(errors.count, 1001);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_values_are_told),
		cmocka_unit_test(errors_come_in_the_order_of_lines),
		cmocka_unit_test(a_thousand_errors_are_all_told),
	};

	return cmocka_run_group_tests(tests, help_start, help_end);
}
