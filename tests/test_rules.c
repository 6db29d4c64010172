/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_cases.h"

#include "lookup/coverage.h"
#include "rules/explain.h"
#include "rules/holidays.h"
#include "rules/modifiers.h"
#include "rules/templates.h"

#include <unistd.h>

static int select_rules(struct rule_selection *selection, const char *list, struct diag *diag)
{
	rules_init();
	diag_init(diag);
	return rules_select(selection, list, diag);
}

Test(rules, registry_lists_all_in_order_of_id)
{
	unsigned built = 0;

	rules_init();
	rules_init(); /* numbers them the same */
	cr_assert_eq(rules_count(), 77);
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule_entry *entry = rule_at(r);

		cr_expect(r == 0 || strcmp(rule_at(r - 1)->id, entry->id) < 0, "%s", entry->id);
		cr_expect_eq(rule_find(entry->id), (int)r);
		cr_expect(entry->name[0] && entry->tier[0] == 'P' && entry->scope[0] &&
		          entry->hit_unit[0]);
		cr_expect(strncmp(entry->family, entry->id, strlen(entry->family)) == 0 &&
		          entry->id[strlen(entry->family)] == '-');
		built += entry->rule != NULL;
	}
	cr_expect_eq(built, 22);
	cr_expect_eq(rule_find("VAL-99"), -1);
}

Test(rules, checks_are_numbered_line_below_32_and_others_above)
{
	uint64_t seen = 0;

	rules_init();
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule_entry *entry = rule_at(r);

		for (unsigned k = 0; entry->rule && k < entry->rule->check_count; k++) {
			unsigned bit = entry->bits[k];

			cr_expect(!(seen >> bit & 1), "%s check %u", entry->id, k);
			seen |= (uint64_t)1 << bit;
			cr_expect_eq(entry->rule->checks[k].scope == CHECK_LINE, bit < 32);
			cr_expect_eq(check_rule(bit), (int)r);
			cr_expect_eq(check_at(bit), &entry->rule->checks[k]);
			cr_expect_lt(bit, checks_used());
		}
	}
	cr_expect_eq(__builtin_popcountll(seen & UINT32_MAX), 31);
	cr_expect_eq(__builtin_popcountll(seen >> 32), 8);
	cr_expect_eq(check_rule(63), -1);
	cr_expect_eq(check_rule(64), -1);
}

Test(rules, every_built_rule_has_all_its_words)
{
	rules_init();
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule *rule = rule_at(r)->rule;

		if (!rule)
			continue;
		cr_expect(rule->definition[0] && rule->traps[0] && rule->tables[0] &&
		                  rule->parameters[0] && rule->dollars[0] && rule->evaluated[0] &&
		                  rule->authority[0] && rule->idle[0],
		        "%s", rule->id);
		cr_expect(rule->judge && rule->tell && rule->check_count > 0, "%s", rule->id);
	}
}

Test(rules, precedence_is_a_total_order_led_by_the_contracts_list)
{
	static const char *const first[] = {"DUP-01", "PRV-01", "TIM-04", "NCC-01", "NCC-02",
	        "NCC-04", "NCC-05", "NCC-07", "NCC-08", "GLO-01", "MOD-02", "CLN-01", "CLN-02"};
	bool seen[RULES_ALL] = {false};

	rules_init();
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		cr_expect_eq(rule_at((size_t)rule_find(first[i]))->precedence, i, "%s", first[i]);
	for (size_t r = 0; r < rules_count(); r++) {
		cr_assert_lt(rule_at(r)->precedence, RULES_ALL);
		cr_expect(!seen[rule_at(r)->precedence]);
		seen[rule_at(r)->precedence] = true;
	}
	cr_expect_eq(rule_at((size_t)rule_find("VAL-07"))->precedence, RULES_ALL - 1);
}

Test(rules, watch_by_default_is_the_contracts_list)
{
	static const char *const on_kinds[] = {"dates", "birth", "line_repeated", "claim_dates"};

	rules_init();
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule_entry *entry = rule_at(r);
		bool watched = strcmp(entry->id, "VAL-01") == 0 ||
		               strcmp(entry->id, "VAL-05") == 0 ||
		               strcmp(entry->id, "MOD-08") == 0 ||
		               strcmp(entry->id, "CLN-05") == 0 ||
		               strcmp(entry->id, "CLN-06") == 0 || strcmp(entry->id, "TIM-07") == 0;

		for (unsigned k = 0; entry->rule && k < entry->rule->check_count; k++) {
			const struct rule_check *check = &entry->rule->checks[k];
			bool want = watched || strcmp(entry->id, "VAL-06") == 0;

			for (size_t i = 0; i < 4; i++)
				want &= strcmp(check->kind, on_kinds[i]) != 0;
			cr_expect_eq(check->watch, want, "%s %s", entry->id, check->kind);
		}
	}
}

static bool chosen(const struct rule_selection *selection, const char *id)
{
	return selection->active[rule_find(id)];
}

Test(rules, select_takes_ids_families_and_exceptions)
{
	struct rule_selection selection;
	struct diag diag;

	cr_expect_eq(select_rules(&selection, "all", &diag), 0);
	cr_expect_eq(__builtin_popcountll(selection.checks), 39);
	cr_expect(chosen(&selection, "VAL-01") && chosen(&selection, "STA-11"));
	cr_expect_eq(select_rules(&selection, "none", &diag), 0);
	cr_expect_eq(selection.checks, 0);
	cr_expect_eq(select_rules(&selection, "VAL,-VAL-06, tim-04 ", &diag), 0);
	cr_expect(chosen(&selection, "VAL-01") && chosen(&selection, "TIM-04"));
	cr_expect(!chosen(&selection, "VAL-06") && !chosen(&selection, "TIM-08"));
	cr_expect_eq(__builtin_popcountll(selection.checks), 5 + 1 + 4 + 1);
	cr_expect_eq(select_rules(&selection, "-VAL", &diag), 0);
	cr_expect(!chosen(&selection, "VAL-01") && chosen(&selection, "NCC-04"));
	cr_expect_eq(select_rules(&selection, "NCC-01", &diag), 0);
	cr_expect(chosen(&selection, "NCC-01"));
	cr_expect_eq(selection.checks, 0);
}

Test(rules, select_refuses_wrong_words_with_a_suggestion)
{
	static const struct {
		const char *list, *words;
	} cases[] = {
	        {"VAL-1", "did you mean VAL-01?"},
	        {"VAL01", "did you mean VAL-01?"},
	        {"TIM-4", "did you mean TIM-04?"},
	        {"VLA", "did you mean VAL?"},
	        {"non", "did you mean none?"},
	        {"everything", "claimscan rules list"},
	        {"VAL-01,MDO-04", "did you mean MOD-04?"},
	        {"-VAL-0", "did you mean VAL-01?"},
	        {"", "an empty word"},
	        {"VAL,,NCC", "an empty word"},
	        {"-", "an empty word"},
	};
	struct rule_selection selection;
	struct diag diag;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(select_rules(&selection, cases[i].list, &diag), FAIL_USAGE);
		cr_expect_not_null(
		        strstr(diag.text, cases[i].words), "%s: %s", cases[i].list, diag.text);
	}
}

Test(rules, reason_names_what_is_missing)
{
	struct field_set bound = {{0}};
	char text[200];

	rules_init();
	cr_expect_str_eq(rule_reason((size_t)rule_find("TIM-04"), &bound, text, sizeof(text)),
	        "no column claim_start_date, no column death_date (or --members)");
	field_set_add(&bound, FIELD_LINE_START); /* any date will do */
	cr_expect_str_eq(rule_reason((size_t)rule_find("TIM-04"), &bound, text, sizeof(text)),
	        "no column death_date (or --members)");
	field_set_add(&bound, FIELD_DEATH);
	cr_expect_str_eq(rule_reason((size_t)rule_find("TIM-04"), &bound, text, sizeof(text)),
	        "no payable line of a person in the members file");
	cr_expect_str_eq(rule_reason((size_t)rule_find("TIM-08"), &bound, text, sizeof(text)),
	        "no column received_date");
	cr_expect_str_eq(
	        rule_reason((size_t)rule_find("NCC-01"), &bound, text, sizeof(text)), "not built");
	field_set_add(&bound, FIELD_DIAGNOSIS_7); /* one diagnosis column is enough */
	cr_expect_str_eq(rule_reason((size_t)rule_find("VAL-02"), &bound, text, sizeof(text)),
	        "no diagnosis that the code set knows");
	cr_expect_eq(strlen(rule_reason((size_t)rule_find("VAL-07"), &bound, text, 20)), 19);
}

Test(rules, list_explain_and_template_print)
{
	char *text = NULL;
	size_t size = 0;
	struct diag diag;
	FILE *out = open_memstream(&text, &size);

	rules_init();
	diag_init(&diag);
	cr_expect_eq(rules_print_list(out), 0);
	cr_expect_eq(rules_print_explain(out, "ncc-04", &diag), 0);
	cr_expect_eq(rules_print_explain(out, "NCC-01", &diag), 0);
	cr_expect_eq(rules_print_template(out, "members", &diag), 0);
	cr_expect_eq(rules_print_template(out, NULL, &diag), 0);
	fclose(out);
	cr_expect_not_null(strstr(text, "VAL-01  P1    watch           Unknown diagnosis code\n"));
	cr_expect_not_null(strstr(text, "NCC-01  P1    not built"));
	cr_expect_not_null(strstr(text, "VAL-06  P1    on, part watch"));
	cr_expect_not_null(strstr(text, "authority   NCCI Policy Manual ch. I (MUE)"));
	cr_expect_not_null(strstr(text, "\nperson_id,birth_date,sex,death_date,state,zip,"));
	cr_expect_not_null(strstr(text, "precision_weights"));
	for (const char *line = text; line && *line; line = strchr(line + 1, '\n'))
		cr_expect_leq(strcspn(line + 1, "\n"), 110, "%.130s", line);
	free(text);
	cr_expect_eq(rules_print_explain(stdout, "NCC-4", &diag), FAIL_USAGE);
	cr_expect_not_null(strstr(diag.text, "did you mean NCC-04?"));
	diag_init(&diag);
	cr_expect_eq(rules_print_template(stdout, "member", &diag), FAIL_USAGE);
	cr_expect_not_null(strstr(diag.text, "did you mean members?"));
}

static size_t count_commas(const char *text, size_t size)
{
	size_t commas = 0;

	for (size_t i = 0; i < size; i++)
		commas += text[i] == ',';
	return commas;
}

Test(rules, templates_have_as_many_cells_as_columns)
{
	for (size_t t = 0; t < templates_count(); t++) {
		const struct rule_template *template = template_at(t);
		size_t columns = count_commas(template->header, strlen(template->header));

		cr_expect(t == 0 || strcmp(template_at(t - 1)->name, template->name) < 0);
		for (const char *row = template->rows; *row; row += strcspn(row, "\n") + 1)
			cr_expect_eq(count_commas(row, strcspn(row, "\n")), columns, "%s: %.40s",
			        template->name, row);
	}
	cr_expect_eq(template_find("PANELS"), template_find("panels"));
	cr_expect_null(template_find("panel"));
}

Test(rules, federal_holidays)
{
	static const char *const holidays[] = {"2024-01-01", "2024-01-15", "2024-02-19",
	        "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-10-14", "2024-11-11",
	        "2024-11-28", "2024-12-25", "2021-06-18", /* Juneteenth on a Saturday */
	        "2021-12-31",                             /* New Year 2022 on a Saturday */
	        "2022-06-20",                             /* Juneteenth on a Sunday */
	        "2023-01-02",                             /* New Year on a Sunday */
	        "2021-07-05", "2023-11-10", "2021-12-24", "2022-12-26"};
	static const char *const plain[] = {"2024-01-02", "2024-01-08", "2024-01-22", "2020-06-19",
	        "2019-06-19", "2024-05-20", "2024-09-09", "2024-10-07", "2024-11-21", "2024-11-29",
	        "2024-12-24", "2024-12-31", "2024-03-29", "2025-05-19"};

	for (size_t i = 0; i < sizeof(holidays) / sizeof(holidays[0]); i++)
		cr_expect(holiday_on(case_date(holidays[i])), "%s", holidays[i]);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		cr_expect(!holiday_on(case_date(plain[i])), "%s", plain[i]);
	cr_expect_eq(working_day_from(case_date("2024-06-15")), case_date("2024-06-17"));
	cr_expect_eq(working_day_from(case_date("2022-06-18")), case_date("2022-06-21"));
	cr_expect_eq(working_day_from(case_date("2021-12-31")), case_date("2022-01-03"));
	cr_expect_eq(working_day_from(case_date("2024-06-18")), case_date("2024-06-18"));
}

static uint32_t named_modifier(const char *text)
{
	static const struct {
		uint32_t bit;
		const char *names;
	} rows[] = {{HAS_EYELID, "E1 E2 E3 E4"},
	        {HAS_DIGIT, "F1 F2 F3 F4 F5 F6 F7 F8 F9 FA T1 T2 T3 T4 T5 T6 T7 T8 T9 TA"},
	        {HAS_CORONARY, "LC LD LM RC RI"}, {HAS_51, "51"}, {HAS_24, "24"}, {HAS_57, "57"},
	        {HAS_25, "25"}, {HAS_QW, "QW"}, {HAS_GA, "GA"}, {HAS_GZ, "GZ"}, {HAS_GX, "GX"},
	        {HAS_59, "59"}, {HAS_X, "XE XP XS XU"}, {HAS_26, "26"}, {HAS_TC, "TC"},
	        {HAS_50, "50"}, {HAS_RT, "RT"}, {HAS_LT, "LT"}, {HAS_FS, "FS"},
	        {HAS_WASTE, "JW JZ"}, {HAS_TELEHEALTH, "93 95 GQ GT"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (const char *name = rows[i].names; name[0]; name += name[2] ? 3 : 2)
			if (name[0] == text[0] && name[1] == text[1])
				return rows[i].bit;
	return 0;
}

Test(rules, modifiers_are_the_bits_of_their_names)
{
	for (unsigned modifier = 0; modifier <= UINT16_MAX; modifier++) {
		char text[2] = {(char)(modifier & 0xff), (char)(modifier >> 8)};

		cr_assert_eq(
		        modifier_bits((uint16_t)modifier), named_modifier(text), "%04x", modifier);
	}
}

Test(rules, what_is_ready_may_be_found_before)
{
	struct case_run *run = case_run_create();
	struct given given = {.hcpcs = "99213", .from = "2024-01-01", .units = "9", .dx = "E119"};
	struct rules_ready ready;
	struct verdicts anew;

	case_unbind(run, FIELD_RECEIVED);
	for (uint32_t i = 0; i < 3; i++)
		case_set(run->batch, i, &given);
	run->batch->count = 3;
	case_judge(run);
	anew = *run->verdicts;
	rules_find_ready(&ready, &run->context.bound);
	for (uint32_t n = 1; n < ready.count; n++)
		cr_assert_lt(ready.rules[n - 1], ready.rules[n]);
	run->context.ready = &ready;
	case_judge(run);
	cr_expect_arr_eq(anew.scope, run->verdicts->scope, 3 * sizeof(anew.scope[0]));
	cr_expect_arr_eq(anew.evaluated, run->verdicts->evaluated, 3 * sizeof(anew.scope[0]));
	cr_expect_arr_eq(anew.hits, run->verdicts->hits, 3 * sizeof(anew.scope[0]));
	cr_expect_neq(anew.evaluated[0], 0);
	case_run_destroy(run);
}

Test(rules, none_selected_leaves_every_mask_empty)
{
	struct case_run *run = case_run_create();
	struct given given = {.hcpcs = "99201", .from = "2024-01-01", .dx = "99999"};
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(rules_select(&run->selection, "none", &diag), 0);
	case_set(run->batch, 0, &given);
	run->batch->count = 1;
	case_judge(run);
	cr_expect_eq(
	        run->verdicts->scope[0] | run->verdicts->evaluated[0] | run->verdicts->hits[0], 0);
	case_run_destroy(run);
}

Test(rules, an_unbound_column_leaves_units_in_scope_and_judges_none)
{
	struct case_run *run = case_run_create();
	struct given given = {.hcpcs = "99213", .from = "2024-01-01", .units = "9"};
	unsigned rules[] = {case_bit("TIM-08", 0), case_bit("CLN-04", 0), case_bit("VAL-07", 2)};

	case_unbind(run, FIELD_RECEIVED);
	case_unbind(run, FIELD_SEX);
	case_unbind(run, FIELD_ORDERING_NPI);
	case_set(run->batch, 0, &given);
	given.type = 'I';
	given.tob = "131";
	case_set(run->batch, 1, &given);
	run->batch->count = 2;
	case_judge(run);
	for (size_t i = 0; i < 3; i++)
		cr_expect_eq(case_got(run->verdicts, 0, rules[i]), BLIND);
	cr_expect_eq(case_got(run->verdicts, 1, case_bit("TIM-08", 0)), OUT);
	cr_expect_eq(case_got(run->verdicts, 1, case_bit("TIM-08", 1)), BLIND);
	cr_expect_eq(case_got(run->verdicts, 0, case_bit("TIM-08", 1)), OUT);
	case_run_destroy(run);
}

Test(rules, lines_outside_the_dates_and_totals_are_no_business_of_line_rules)
{
	struct case_run *run = case_run_create();
	struct given given = {.type = 'I',
	        .tob = "13I",
	        .hcpcs = "99201",
	        .from = "2024-01-01",
	        .dx = "W19XXXA",
	        .without = LINE_DUE,
	        .flags = LINE_OUTSIDE};

	case_set(run->batch, 0, &given);
	given.flags = LINE_TOTAL; /* but its claim is judged */
	case_set(run->batch, 1, &given);
	run->batch->count = 2;
	case_judge(run);
	cr_expect_eq(run->verdicts->scope[0], 0);
	cr_expect_eq(run->verdicts->scope[1] & UINT32_MAX, 0);
	cr_expect_eq(case_got(run->verdicts, 1, case_bit("CLN-05", 0)), HIT);
	cr_expect_eq(case_got(run->verdicts, 1, case_bit("VAL-06", 9)), HIT);
	case_run_destroy(run);
}

Test(rules, cost_is_booked_to_the_rules_that_ran)
{
	struct case_run *run = case_run_create();
	struct given given = {.hcpcs = "99213", .from = "2024-01-01"};
	uint64_t ns[RULES_ALL] = {0}, sum = 0;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		case_set(run->batch, i, &given);
	run->batch->count = BATCH_LINES;
	codes_find_batch(run->codes, run->batch);
	for (int i = 0; i < 50; i++)
		rules_judge(&run->selection, &run->context, run->batch, run->verdicts, ns);
	for (size_t r = 0; r < RULES_ALL; r++) {
		sum += ns[r];
		cr_expect(ns[r] == 0 || rule_at(r)->rule);
	}
	cr_expect_gt(sum, 0);
	case_run_destroy(run);
}

/* ---- Random lines: what must hold for any ---- */

static uint64_t state;

static uint32_t pick(uint32_t count)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) % count);
}

#define PICK(list) ((list)[pick(sizeof(list) / sizeof((list)[0]))])

static struct given random_line(void)
{
	static const char *const dx[] = {NULL, "G8190 I10", "E119", "E119 I10", "E11", "G35 M545",
	        "U071", "25000 E119", "Q9988", "Z3800 Z00129", "O80", "N400 C61", "W19XXXA",
	        "B9561 B9561", "Z5189", "M1711 M1712", "M1712", "- E119", "5A11/X"};
	static const char *const hcpcs[] = {NULL, "99213", "99201", "99385", "27447", "71046",
	        "A0427", "A0425", "80053", "00100", "D0120", "99999", "58150", "36415", "20610"};
	static const char *const modifiers[] = {NULL, NULL, "25", "26 TC", "50 RT", "LT", "FS",
	        "RP QN", "ZZ ZZ", "P1", "JW", "GA GZ 59 XS 25", "KX", "QL"};
	static const char *const pointers[] = {NULL, NULL, "1", "2 1", "3", "26"};
	static const char *const dates[] = {NULL, "2012-01-05", "2019-09-30", "2020-12-31",
	        "2021-12-31", "2024-02-29", "2024-10-01", "2025-10-01", "2026-01-05"};
	static const char *const bills[] = {NULL, "111", "131", "851", "329", "13I"};
	static const char *const places[] = {NULL, "11", "21", "24", "02", "88"};
	static const char *const amounts[] = {NULL, "0", "1", "100.01", "-5"};
	static const char *const units[] = {NULL, "0", "1", "2", "2.5", "101", "-1"};
	static const uint64_t ids[] = {0, NPI(1000084586), NPI(1234567893),
	        ID_OF(ID_BAD_CHECK, 1234567891), ID_OF(ID_PLACEHOLDER, 0), ID_OF(ID_OTHER, 9)};
	static const int revenues[] = {0, 22, 450, 9999, -1};

	return (struct given){.type = "PPIIDU"[pick(6)],
	        .sex = " MFU"[pick(4)],
	        .tob = PICK(bills),
	        .hcpcs = PICK(hcpcs),
	        .modifiers = PICK(modifiers),
	        .dx = PICK(dx),
	        .pointers = PICK(pointers),
	        .pointed = pick(9) ? NULL : "I10",
	        .place = PICK(places),
	        .specialty = pick(4) ? "11" : "49",
	        .from = PICK(dates),
	        .thru = PICK(dates),
	        .line_start = PICK(dates),
	        .line_end = PICK(dates),
	        .claim_start = PICK(dates),
	        .claim_end = PICK(dates),
	        .admission = PICK(dates),
	        .discharge = PICK(dates),
	        .birth = PICK(dates),
	        .death = PICK(dates),
	        .received = PICK(dates),
	        .pcs = pick(3) ? NULL : "5A1D70Z 9999999",
	        .condition = pick(5) ? NULL : "45",
	        .units = PICK(units),
	        .charge = PICK(amounts),
	        .allowed = PICK(amounts),
	        .paid = PICK(amounts),
	        .revenue = PICK(revenues),
	        .billing = PICK(ids),
	        .rendering = PICK(ids),
	        .ordering = PICK(ids),
	        .facility = PICK(ids),
	        .flags = (uint16_t)(pick(8) ? 0 : LINE_ADJUSTMENT | LINE_NEGATIVE),
	        .without = (uint16_t)(pick(6)   ? 0
	                              : pick(2) ? LINE_DUE
	                                        : LINE_PAYABLE)};
}

static void expect_told(struct case_run *run, uint32_t i)
{
	uint64_t hits = run->verdicts->hits[i];

	for (; hits; hits &= hits - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(hits);
		struct hit hit;

		rules_tell(&run->context, run->batch, i, bit, &hit);
		cr_expect(hit.kind[0] && hit.detail[0], "check %u of line %u", bit, i);
		cr_expect(hit.whole > 0 && hit.share <= hit.whole && hit.severity <= SEVERITY_HIGH);
		cr_expect(hit.severity != SEVERITY_INFO || hit.share == 0, "%s", hit.kind);
		cr_expect_eq(hit.rule, check_rule(bit));
		cr_expect_null(strstr(hit.detail, "(null)"));
	}
}

/* Coverage policies of codes that random lines have. */
static struct payer *read_policies(void)
{
	static const char text[] = "code,diagnosis,covered,policy,group,state,from,to\n"
	                           "80053,E11,1,a,,,2019-01-01,\n20610,M17,1,b; c=d,2,,,\n"
	                           "36415,I10,0,e,,,,2024-12-31\n";
	char path[] = "/tmp/claimscan-policies-XXXXXX", given[64];
	const char *const list[] = {given, NULL};
	struct payer *payer;
	struct diag diag;
	int fd = mkstemp(path);

	cr_assert_eq(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(fd);
	snprintf(given, sizeof(given), "coverage=%s", path);
	diag_init(&diag);
	cr_assert_eq(payer_create(&payer, list, &diag), 0, "%s", diag.text);
	unlink(path);
	return payer;
}

/* Masks nest, hits can be told, a line alone and every level say the same. */
Test(rules, random_lines_are_judged_alike_at_every_level_and_alone)
{
	struct case_run *run = case_run_create();
	struct verdicts *first = aligned_alloc(64, sizeof(*first));
	struct given *lines = calloc(BATCH_LINES, sizeof(*lines));

	struct payer *payer = read_policies();
	const struct coverage_sources sources = {.payer = payer};
	struct coverage *coverage;
	struct diag diag;
	uint64_t seen = 0;

	cr_assert_eq(coverage_create(&coverage, &sources, &diag), 0);
	run->context.coverage = coverage;
	state = 42;
	run->context.as_of = case_date("2025-12-31");
	for (int round = 0; round < 20; round++) {
		for (uint32_t i = 0; i < BATCH_LINES; i++) {
			lines[i] = random_line();
			case_set(run->batch, i, &lines[i]);
		}
		run->batch->count = BATCH_LINES;
		for (int level = LEVEL_SCALAR; level <= (int)level_best(); level++) {
			rules_set_level((enum level)level);
			case_judge(run);
			if (level == LEVEL_SCALAR)
				memcpy(first, run->verdicts, sizeof(*first));
			cr_expect_arr_eq(first, run->verdicts, sizeof(*first), "level %d", level);
		}
		for (uint32_t i = 0; i < BATCH_LINES; i++) {
			cr_expect_eq(first->evaluated[i] & ~first->scope[i], 0);
			cr_expect_eq(first->hits[i] & ~first->evaluated[i], 0);
			seen |= first->hits[i];
			expect_told(run, i);
		}
		run->batch->count = 1;
		for (uint32_t i = 0; i < BATCH_LINES; i++) {
			case_set(run->batch, 0, &lines[i]);
			case_judge(run);
			cr_expect_eq(run->verdicts->scope[0], first->scope[i], "line %u", i);
			cr_expect_eq(
			        run->verdicts->evaluated[0], first->evaluated[i], "line %u", i);
			cr_expect_eq(run->verdicts->hits[0], first->hits[i], "line %u", i);
		}
	}
	for (unsigned bit = 0; bit < checks_used(); bit++)
		if (check_rule(bit) >= 0 && check_at(bit)->scope != CHECK_JOIN)
			cr_expect(seen >> bit & 1, "check %u was never hit", bit);
	free(lines);
	free(first);
	coverage_destroy(coverage);
	payer_destroy(payer);
	case_run_destroy(run);
}
