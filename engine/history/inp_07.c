/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-07: diagnoses that pay well and that the other claims of the beneficiary do
 * not bear out.
 *
 *	stroke      on a professional claim; on no hospital claim of the year
 *	ami         on one professional or outpatient claim of the year; on no
 *	            inpatient claim 60 days around
 *	cancer      on one claim of the year; no treatment 365 days around
 *	one_source  a condition that lasts, met on one day of the year, or only by
 *	            health risk assessments
 *
 * A unit is a calendar year of a beneficiary and a group of diagnoses
 * (regroup/diagnosis_groups.def).
 */
#include "history/edges.h"
#include "history/services.h"

#include "base/date.h"
#include "regroup/diagnosis_groups.h"

enum { AMI_DAYS = 60, CANCER_DAYS = 365 };

#define CANCERS \
	(GROUP_BIT(GROUP_LUNG) | GROUP_BIT(GROUP_BREAST) | GROUP_BIT(GROUP_COLON) | \
	        GROUP_BIT(GROUP_PROSTATE))

/* A year of the window: events from to to, and where it begins and ends. */
struct year {
	uint32_t from, to;
	int32_t first, last; /* days */
};

/* ---- Who says a diagnosis ---- */

static bool is_inpatient(const struct event *event)
{
	return event_is(event, CLAIM_INSTITUTIONAL) && run_class(event->run) == TWO_CHARS('1', '1');
}

static bool is_outpatient(const struct event *event)
{
	uint16_t class = run_class(event->run);

	return event_is(event, CLAIM_INSTITUTIONAL) &&
	       (class == TWO_CHARS('1', '2') || class == TWO_CHARS('1', '3') ||
	               class == TWO_CHARS('1', '4') || class == TWO_CHARS('8', '5'));
}

/* A practitioner who met the patient: no laboratory, no supplier, no ride. */
static bool is_practitioner(const struct event *event)
{
	enum {
		NOT_MET = PX_LAB | PX_DMEPOS | PX_AMBULANCE_BASE | PX_AMBULANCE_AIR |
		          PX_GROUND_MILES | PX_AIR_MILES
	};

	return event_is(event, CLAIM_PROFESSIONAL) && event->run->setting == SETTING_PRACTITIONER &&
	       !(event->px->flags & NOT_MET) && !event_has(event, 'T', 'C');
}

/* Wellness visits and questionnaires that ask for all there ever was. */
static bool is_assessment(const struct event *event)
{
	uint64_t code = event->line->code;

	return code == CODE5("G0402") || code == CODE5("G0438") || code == CODE5("G0439") ||
	       code == CODE5("G0468") || code == CODE5("96160") || code == CODE5("96161");
}

static bool says(const struct event *event, unsigned group)
{
	return event->run->diagnoses >> group & 1 && !(event->flags & EVENT_DUPLICATE);
}

static bool is_source(const struct event *event)
{
	return is_practitioner(event) || is_inpatient(event) || is_outpatient(event);
}

/* ---- Treatment of cancer ---- */

/* The number in a code of five digits, or 0. */
static unsigned digits_of(uint64_t code)
{
	unsigned number = 0;

	for (unsigned i = 0; i < 5; i++, code >>= 8) {
		unsigned digit = (unsigned)(code & 0xff) - '0';

		if (digit > 9)
			return 0;
		number = 10 * number + digit;
	}
	return number;
}

/* Operations on the organ, from and to; blank where it has fewer ranges. */
static bool is_operation(unsigned number, unsigned group)
{
	static const unsigned ranges[][4][2] = {
	        [GROUP_LUNG] = {{32440, 32540}, {32663, 32671}},
	        [GROUP_BREAST] = {{19110, 19126}, {19301, 19307}},
	        [GROUP_COLON] = {{44139, 44160}, {44204, 44213}, {45110, 45172}, {45395, 45397}},
	        [GROUP_PROSTATE] = {{52601, 52601}, {55801, 55876}},
	};
	bool in = false;

	for (unsigned i = 0; i < 4; i++)
		in |= number && number >= ranges[group][i][0] && number <= ranges[group][i][1];
	return in;
}

/* Surgery, radiation, drugs against cancer; a stay with the diagnosis may be any of these. */
static bool is_treatment(const struct event *event, unsigned group)
{
	uint64_t code = event->line->code;
	unsigned number = digits_of(code);
	bool radiation = (number >= 77261 && number <= 77799) ||
	                 (code & 0xffffff) == ('G' | '6' << 8 | '0' << 16);
	bool drugs = (number >= 96401 && number <= 96549) || (code & 0xffff) == TWO_CHARS('J', '9');

	return is_operation(number, group) || radiation || drugs ||
	       (is_inpatient(event) && says(event, group));
}

static bool is_treated(const struct window *window, unsigned group, int32_t day)
{
	bool treated = false;

	for (uint32_t i = events_from(window, day - CANCER_DAYS); i < window->count && !treated;
	        i++) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || event->line->from > day + CANCER_DAYS)
			break;
		treated = is_treatment(event, group);
	}
	return treated;
}

/* ---- Units ---- */

/* What a year's claims say of a group. */
struct said {
	uint32_t first;  /* event; NO_EVENT: none */
	uint64_t claim;  /* of it */
	bool more;       /* another claim says so */
	bool days;       /* on another day */
	bool unassessed; /* somewhere it is no health risk assessment */
};

static void hear(const struct window *window, struct said *said, uint32_t at)
{
	const struct event *event = &window->events[at];

	if (said->first == NO_EVENT) {
		said->first = at;
		said->claim = event->run->claim;
	}
	said->more |= event->run->claim != said->claim;
	said->days |= event->line->from != window->events[said->first].line->from;
	said->unassessed |= !is_assessment(event);
}

typedef bool asks(const struct event *event);

static struct said listen(
        const struct window *window, const struct year *year, unsigned group, asks *of)
{
	struct said said = {.first = NO_EVENT};

	for (uint32_t i = year->from; i < year->to; i++)
		if (says(&window->events[i], group) && of(&window->events[i]))
			hear(window, &said, i);
	return said;
}

static void keep(struct window *window, const struct said *said, unsigned group, const char *kind)
{
	const struct event *event = &window->events[said->first];
	struct find find;

	find_begin(&find, said->first, kind, SEVERITY_MEDIUM);
	find.hit.share = 0;
	detail_add(&find.hit, "group=%s; year=%d",
	        diagnosis_group_name((enum diagnosis_group)group),
	        date_to_parts(event->line->from).year);
	switch (kind[0]) {
	case 's':
		detail_add(&find.hit, "hospital_claims=0; limit=1");
		break;
	case 'a':
		detail_add(&find.hit, "claims=1; inpatient_claims=0; limit=1 in %d days", AMI_DAYS);
		break;
	case 'c':
		detail_add(&find.hit, "claims=1; treatments=0; limit=1 in %d days", CANCER_DAYS);
		break;
	default:
		/* Most lasting conditions of honest claims are met once a year. */
		find.hit.watch = true;
		detail_add(&find.hit, "days=%s; assessments_only=%s; limit=2",
		        said->days ? "several" : "1", said->unassessed ? "no" : "yes");
	}
	find_keep(window, &find);
}

/* A unit that is borne out is evaluated however far the data reach. */
static void judge_unit(struct window *window, const struct said *said, bool reached, bool borne_out)
{
	window_scope(window, said->first, 1);
	if (reached || borne_out)
		window_evaluated(window, said->first, 1);
}

static bool covers(const struct window *window, const struct year *year, enum claim_type type)
{
	return edge_reaches_back(window, year->first, 0) &&
	       edge_has_waited(window, year->last, 0, type);
}

static void judge_stroke(struct window *window, const struct year *year)
{
	struct said said = listen(window, year, GROUP_STROKE, is_practitioner);
	bool reached = covers(window, year, CLAIM_INSTITUTIONAL);
	bool hospital = listen(window, year, GROUP_STROKE, is_inpatient).first != NO_EVENT ||
	                listen(window, year, GROUP_STROKE, is_outpatient).first != NO_EVENT;

	if (said.first == NO_EVENT)
		return;
	judge_unit(window, &said, reached, hospital);
	if (reached && !hospital)
		keep(window, &said, GROUP_STROKE, "stroke");
}

static bool is_ambulant(const struct event *event)
{
	return is_practitioner(event) || is_outpatient(event);
}

/* Is an inpatient claim with the diagnosis there, at most so many days away? */
static bool has_stay(const struct window *window, unsigned group, int32_t day, int32_t days)
{
	bool found = false;

	for (uint32_t i = events_from(window, day - days); i < window->count && !found; i++) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || event->line->from > day + days)
			break;
		found = says(event, group) && is_inpatient(event);
	}
	return found;
}

static void judge_ami(struct window *window, const struct year *year)
{
	struct said said = listen(window, year, GROUP_AMI, is_ambulant);
	int32_t day;
	bool reached, borne_out;

	if (said.first == NO_EVENT)
		return;
	day = window->events[said.first].line->from;
	reached = edge_reaches_back(window, day, AMI_DAYS) &&
	          edge_has_waited(window, day, AMI_DAYS, CLAIM_INSTITUTIONAL) &&
	          covers(window, year, CLAIM_PROFESSIONAL);
	borne_out = said.more || has_stay(window, GROUP_AMI, day, AMI_DAYS);
	judge_unit(window, &said, reached, borne_out);
	if (reached && !borne_out)
		keep(window, &said, GROUP_AMI, "ami");
}

static void judge_cancer(struct window *window, const struct year *year, unsigned group)
{
	struct said said = listen(window, year, group, is_source);
	int32_t day;
	bool reached, borne_out;

	if (said.first == NO_EVENT)
		return;
	day = window->events[said.first].line->from;
	reached = edge_reaches_back(window, day, CANCER_DAYS) &&
	          edge_has_waited(window, day, CANCER_DAYS, CLAIM_PROFESSIONAL);
	borne_out = said.more || is_treated(window, group, day);
	judge_unit(window, &said, reached, borne_out);
	if (reached && !borne_out)
		keep(window, &said, group, "cancer");
}

static void judge_lasting(struct window *window, const struct year *year, unsigned group)
{
	struct said said = listen(window, year, group, is_source);
	bool reached = covers(window, year, CLAIM_PROFESSIONAL);
	bool borne_out = said.days && said.unassessed;

	if (said.first == NO_EVENT)
		return;
	judge_unit(window, &said, reached, borne_out);
	if (reached && !borne_out)
		keep(window, &said, group, "one_source");
}

/* What is dispensed is on no medical claim. */
static void pass_over_embolism(struct window *window, const struct year *year)
{
	struct said said = listen(window, year, GROUP_EMBOLISM, is_source);

	if (said.first != NO_EVENT)
		window_scope(window, said.first, 1);
}

static void judge_group(struct window *window, const struct year *year, unsigned group)
{
	if (group == GROUP_STROKE)
		judge_stroke(window, year);
	else if (group == GROUP_AMI)
		judge_ami(window, year);
	else if (group == GROUP_EMBOLISM)
		pass_over_embolism(window, year);
	else if (CANCERS & GROUP_BIT(group))
		judge_cancer(window, year, group);
	else
		judge_lasting(window, year, group);
}

static void judge(struct window *window)
{
	struct year year;

	for (year.from = 0; year.from < window->count; year.from = year.to) {
		int32_t day = window->events[year.from].line->from;
		uint32_t groups = 0;

		if (day == DATE_ABSENT)
			return;
		year.first = date_from_parts(date_to_parts(day).year, 1, 1);
		year.last = date_from_parts(date_to_parts(day).year, 12, 31);
		for (year.to = year.from; year.to < window->count; year.to++) {
			const struct event *event = &window->events[year.to];

			if (event->line->from == DATE_ABSENT || event->line->from > year.last)
				break;
			groups |= event->run->diagnoses;
		}
		for (; groups; groups &= groups - 1)
			judge_group(window, &year, (unsigned)__builtin_ctz(groups));
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field needs_bills[] = {
        FIELD_PERSON_ID, FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_BILL_TYPE, FIELD_COUNT};
static const struct rule_check checks[] = {{"stroke", CHECK_HISTORY, .needs = needs_bills},
        {"ami", CHECK_HISTORY, .needs = needs_bills}, {"embolism", CHECK_HISTORY, .needs = needs},
        {"cancer", CHECK_HISTORY, .needs = needs},
        {"one_source", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "INP-07",
        .name = "Unsupported high-risk diagnosis (HCC)",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "bene-year and group",
        .definition = "In a calendar year of a beneficiary: an acute stroke on practitioners' "
                      "claims and on no hospital claim (stroke); an acute infarction on one "
                      "practitioner's or outpatient claim and on no inpatient one within 60 days "
                      "(ami); lung, breast, colon or prostate cancer on one claim and neither "
                      "operation, radiation, chemotherapy nor stay within 365 days (cancer); a "
                      "lasting condition on one day of service only, or only by health risk "
                      "assessments (one_source, on watch).",
        .traps =
                "Embolism without anticoagulants needs what was dispensed: such years are in scope "
                "and not evaluable. History-of coding; drugs taken at home, and treatment paid by "
                "others (VA), are not seen. Laboratories, suppliers and rides are no source. "
                "The four cancers are judged by their treatment, not as one_source.",
        .tables = "groups of ICD-10-CM ranges, and codes of treatment (built in)",
        .parameters = "ami=60 days; cancer=365 days",
        .dollars = "none: what a category pays is not in the claims",
        .evaluated = "years and groups on claims of the types needed, where the data reach over "
                     "the year or the days around, or bear the diagnosis out",
        .authority = "OIG toolkit A-07-23-01213; A-02-23-01020",
        .idle = "no diagnosis of the groups in a year that the data cover",
        .checks = checks,
        .check_count = 5,
};

const struct history_rule history_rule_inp_07 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_NEEDS_DIAGNOSES | HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.diagnoses = true},
};
