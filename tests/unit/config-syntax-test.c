/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A text that libconfig would call a syntax error: the place of the cause, and the cure. */
#include <stdio.h>
#include <sys/stat.h>

#include "config-help.h"

struct pair {
	const char *text, *errors;
};

static const struct pair broken[] = {
	{ "country = \"us;\n"
	  "max_calls = 3;\n",
	  "c.conf:1: the quote that begins \"us is not closed on its line; add \" at its end\n" },
	{ "country = \"us\\\n"
	  "\";\n",
	  "c.conf:1: the quote that begins \"us\\ is not closed on its line; add \" at its end\n" },
	{ "country \"us\";\n",
	  "c.conf:1: a '=' is missing behind country\n" },
	{ "\n"
	  "country\n",
	  "c.conf:2: a '=' is missing behind country\n" },
	{ "country = us;\n",
	  "c.conf:1: us needs quotes: \"us\"\n" },
	{ "country = ;\n",
	  "c.conf:1: country has no value\n" },
	{ "country = 'us';\n",
	  "c.conf:1: a text stands in double quotes (\"), not in single ones\n" },
	{ "country = \342\200\234us\342\200\235;\n",
	  "c.conf:1: a typographic quote or dash; write a plain \" or -\n" },
	{ "lines = (\n"
	  "  { name = \"a\"; },\n"
	  ");\n",
	  "c.conf:2: a comma behind the last element; remove it\n" },
	{ "lines = ( { name = \"a\"; }\n"
	  "           { name = \"b\"; } );\n",
	  "c.conf:1: a comma is missing behind this element\n" },
	{ "lines = ( { name = \"a\";\n"
	  "            port = \"sim/1\";\n"
	  ");\n"
	  "max_calls = 3;\n",
	  "c.conf:1: the '{' here is not closed before the ')' of line 3; add '}'\n" },
	{ "trunks = ( { name = \"a\"; }\n"
	  "\n"
	  "lines = ( );\n",
	  "c.conf:1: the '(' here is not closed before lines of line 3; add ')'\n" },
	{ "trunks = ( { name = \"a\"; };\n"
	  "lines = ( );\n",
	  "c.conf:1: the '(' here is not closed before the ';' of line 1; add ')'\n" },
	{ "sip = { user_agent = \"x\";\n"
	  "rtp = { dscp = 3; };\n",
	  "c.conf:1: the '{' here is never closed; add '}'\n" },
	{ "rtp = { ports = [ 1,\n"
	  "\n",
	  "c.conf:1: the '[' here is never closed; add ']'\n" },
	{ "sip = { user_agent = \"x\"; } };\n",
	  "c.conf:1: this '}' closes nothing; remove it\n" },
	{ "country = \"us\"; ]\n",
	  "c.conf:1: this ']' closes nothing; remove it\n" },
	{ "rtp = { ports = [ 1, 2; };\n",
	  "c.conf:1: the '[' here is not closed before the ';' of line 1; add ']'\n" },
	{ "rtp = { ports = [ 1, 2, ]; };\n",
	  "c.conf:1: a comma behind the last element; remove it\n" },
	{ "rtp = { ports = [ 1, \"2\" ]; };\n",
	  "c.conf:1: the elements of [ ] must be of one kind; put all of them in quotes, or none\n" },
	{ "groups = ( { lines = [ \"a\" \"b\" ]; } );\n",
	  "c.conf:1: a comma is missing behind this element\n" },
	{ "country = \"u\" \"s\";\n",
	  "c.conf:1: a key must stand here, not \"s\"\n" },
	{ "sip = { user_agent = \"x\" \"y\"; };\n",
	  "c.conf:1: a key must stand here, not \"y\"\n" },
	{ "# nothing\n"
	  "/* never\n"
	  "ended\n",
	  "c.conf:2: the comment that begins here with /* is never ended; add */\n" },
	{ "# comment\n"
	  "  @include \"x.conf\"\n",
	  "c.conf:2: @include is not supported; put everything into this file\n" },
	{ "country = \"us\";;\n",
	  "c.conf:1: one ';' too many\n" },
	{ "sip = { ; };\n",
	  "c.conf:1: one ';' too many\n" },
	{ "country = \"us\";\n"
	  "max_calls = 3;\n"
	  "country = \"de\";\n",
	  "c.conf:3: country is given twice, first in line 1; keep one\n" },
	{ "lines = ( { port = \"a\"; name = \"x\"; port = \"b\"; } );\n",
	  "c.conf:1: port is given twice, first in line 1; keep one\n" },
	{ "busied_out = yes;\n",
	  "c.conf:1: yes is not known; write true\n" },
	{ "busied_out = Off;\n",
	  "c.conf:1: Off is not known; write false\n" },
	{ "lines = ( name = \"a\" );\n",
	  "c.conf:1: keys in ( ) belong in braces: ( { name = ... } )\n" },
	{ "accept_from = [ 192.0.2.0/24 ];\n",
	  "c.conf:1: 192.0.2.0/24 needs quotes: \"192.0.2.0/24\"\n" },
	{ "number = +1 555;\n",
	  "c.conf:1: a key must stand here, not 555\n" },
	{ "number = 1e5;\n",
	  "c.conf:1: 1e5 needs quotes: \"1e5\"\n" },
	{ "number = 5L;\n",
	  "c.conf:1: 5L needs quotes: \"5L\"\n" },
	{ "server = sip.acme.example;\n",
	  "c.conf:1: sip.acme.example needs quotes: \"sip.acme.example\"\n" },
	{ " = 5;\n",
	  "c.conf:1: a key must stand before '='\n" },
	{ "sip = { = 5; };\n",
	  "c.conf:1: a key must stand before '='\n" },
	{ "country == \"us\";\n",
	  "c.conf:1: one '=' too many\n" },
	{ "lines = ({a=({b=({c=({d=({e=({f=({g=({h=({i=1;})})})})})})})})});\n",
	  "c.conf:1: brackets are nested too deeply\n" },
	{ "12 = \"x\";\n",
	  "c.conf:1: a key must stand here, not 12\n" },
	{ "a.b = \"x\";\n",
	  "c.conf:1: a.b cannot be a key\n" },
	{ "lines = [ { name = \"a\"; } ];\n",
	  "c.conf:1: '{' cannot stand in [ ]; use ( )\n" },
	{ "lines = ( { name = \"a\"; , port = \"b\"; } );\n",
	  "c.conf:1: one ',' too many\n" },
	{ "lines = ( , );\n",
	  "c.conf:1: a value is missing before ','\n" },
	{ ")\n",
	  "c.conf:1: this ')' closes nothing; remove it\n" },
	{ "country = \"us\"; \001\n",
	  "c.conf:1: a byte of code 1 cannot stand here; a text needs quotes\n" },
	{ "name = \"acme; server = \"sip.acme.example\";\n",
	  "c.conf:1: a quote is missing: \"acme; server = \" is followed at once by sip.acme.example\n" },
	{ "name = acme\";\n",
	  "c.conf:1: acme needs quotes: \"acme\"\n" },
	{ "country = $home;\n",
	  "c.conf:1: '$' cannot stand here; a text needs quotes\n" },
	{ "lines = ( { name = \"a\"; port = \"sim/1\"\n",
	  "c.conf:1: the '{' here is never closed; add '}'\n" },
};


static void the_true_cause_is_named(void **state)
{
	for (size_t i = 0; i < COUNT(broken); i++)
		help_bad(broken[i].text, broken[i].errors);
}

/* What libconfig takes is taken, but for the points named in syntax.c. */
static void what_is_right_is_right(void **state)
{
	static const char *const right[] = {
		"country = \"us\"",
		"country: \"us\", max_calls = 3,",
		"\xef\xbb\xbf" "country = \"us\";",
		"country = \"us\";\r\nmax_calls\r\n=\r\n3\r\n;\r\n",
		"/* a \" ( */ country = \"us\"; // } \"\n# [ \"\n/***/ max_calls=0x3;",
		"country = \"\\x75s\";",
		"sip = { user_agent = \"a \\\"b\\\" ; # \\\\\"; };country=\"us\";",
		"trunks = ( ); lines = [ ]; sip = { }; country = \"us\"; #",
		"rtp={ports=(10000,10001)jitter=[0,1]}country=\"us\"",
		"lines=({name=\"a\",port=\"x/1\",rx_gain=-.5,tx_gain=+5.,kind=\"fxs\""
		",number=\"1\",callerid=TRUE,hotline=\"1\"});routes=({to=\"line:a\"});"
		"country=\"us\"",
	};

	for (size_t i = 0; i < COUNT(right); i++)
		config_free(help_good(right[i]));
}

static void errors_without_a_line(void **state)
{
	static struct help_errors errors;
	FILE *f = fopen(HELP_FILE, "w");

	assert_non_null(f);
	fwrite("country = \"us\";\n\nmax\0_calls", 1, 26, f);
	fclose(f);
	errors = (struct help_errors){ 0 };
	assert_null(config_load(HELP_FILE, help_collect, &errors));
	assert_string_equal(errors.text, "c.conf:3: a zero byte; this is not a text file\n");

	errors = (struct help_errors){ 0 };
	assert_null(config_load("none.conf", help_collect, &errors));
	assert_string_equal(errors.text,
			    "none.conf: cannot be read: No such file or directory\n");

	errors = (struct help_errors){ 0 };
	assert_null(config_load("/dev/null", help_collect, &errors));
	assert_string_equal(errors.text,
			    "/dev/null: is no file; name a configuration file\n");

	/* It must not wait for somebody to write. */
	errors = (struct help_errors){ 0 };
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_null(config_load("pipe", help_collect, &errors));
	assert_string_equal(errors.text, "pipe: is no file; name a configuration file\n");

	help_bad("", "c.conf: this file has no country; add country, a code in quotes, like \"us\"\n");
}

/* libconfig counts lines in 16 bits. */
static void lines_beyond_65535(void **state)
{
	char *text = malloc(70100);

	memset(text, '\n', 70000);
	strcpy(text + 70000, "country = \"us\"; max_calls = \"x\";\n");
	help_bad(text, "c.conf:70001: max_calls must be a whole number from 0 to 9999, not \"x\"\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_true_cause_is_named),
		cmocka_unit_test(what_is_right_is_right),
		cmocka_unit_test(errors_without_a_line),
		cmocka_unit_test(lines_beyond_65535),
	};

	return cmocka_run_group_tests(tests, help_start, help_end);
}
