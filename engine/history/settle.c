/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands on a line, and its dollars.
 *
 * Line rules' hits came here with their lines, so that a line's findings are
 * all at hand: those of the rule of highest precedence stand, the others are
 * told as superseded.  A finding of a whole claim, and one of a day, has the
 * dollars of all its lines; each line keeps the most of any, and what one rule
 * alone has found is that rule's.
 */
#include "history/private.h"
#include "regroup/history_tell.h"

#include <stdio.h>
#include <string.h>

/* A duplicate claim's lines are all duplicates: no other reason stands on them. */
static bool stands_on_lines(const struct found *found)
{
	return !found->whole_claim || rule_at(found->rule)->precedence == 0;
}

static void raise_standing(uint8_t *standing, uint8_t rule)
{
	if (*standing == RULE_NONE || rule_at(rule)->precedence < rule_at(*standing)->precedence)
		*standing = rule;
}

/* The events that a finding has the dollars of. */
struct members {
	const uint32_t *events;
	uint32_t count;
};

static struct members members_of(const struct window_private *own, const struct found *found)
{
	const struct window *window = &own->window;

	if (found->whole_claim) {
		const struct past_claim *claim =
		        &window->claims[window->events[found->event].claim];

		return (struct members){&window->by_claim[claim->from], claim->to - claim->from};
	}
	if (found->member_count == 0)
		return (struct members){&found->event, 1};
	return (struct members){
	        (const uint32_t *)own->members.data + found->members, found->member_count};
}

/* ---- Which rule stands where ---- */

static void rank_found(struct window_private *own, struct outcome *outcomes)
{
	struct window *window = &own->window;
	const struct found *all = own->found.data;

	for (size_t i = 0; i < own->found.count; i++) {
		if (all[i].watch)
			continue;
		if (!all[i].whole_claim) {
			raise_standing(&outcomes[all[i].event].standing, all[i].rule);
			continue;
		}
		raise_standing(
		        &window->claims[window->events[all[i].event].claim].standing, all[i].rule);
		struct members members = members_of(own, &all[i]);
		for (uint32_t m = 0; stands_on_lines(&all[i]) && m < members.count; m++)
			raise_standing(&outcomes[members.events[m]].standing, all[i].rule);
	}
}

static size_t views_of(struct window_private *own, const struct prior *prior)
{
	size_t count = claims_unpack(prior->line, own->line_checks, own->views);

	if (prior->line->trips & TRIP_ALONE && own->check_miles >= 0)
		own->views[count++] = claims_miles_alone((unsigned)own->check_miles);
	return count;
}

bool window_line_hit(struct window *window, uint32_t event)
{
	struct window_private *own = window->own;
	uint32_t low = 0, high = own->prior_count;
	bool hit = false;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (own->priors[middle].event < event)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == own->prior_count || own->priors[low].event != event)
		return false;
	size_t count = views_of(own, &own->priors[low]);
	for (size_t v = 0; v < count; v++)
		hit |= own->views[v].rule == window->rule;
	return hit;
}

static void rank_priors(struct window_private *own, struct outcome *outcomes)
{
	for (uint32_t i = 0; i < own->prior_count; i++) {
		const struct prior *prior = &own->priors[i];

		if (prior->event == NO_EVENT)
			continue;
		size_t count = views_of(own, prior);
		uint8_t standing = claims_standing(own->views, count);
		if (standing != RULE_NONE)
			raise_standing(&outcomes[prior->event].standing, standing);
	}
}

/* ---- Telling ---- */

static void hit_line(struct outcome *outcome, uint8_t rule, int64_t dollars)
{
	outcome->several |= outcome->hit && outcome->rule != rule;
	outcome->hit = true;
	outcome->rule = rule;
	outcome->most = dollars > outcome->most ? dollars : outcome->most;
}

struct finding event_finding(const struct event *event)
{
	const char *text = history_texts(event->run);
	struct finding finding = {
	        .provider = event->run->provider,
	        .line = event->line->line,
	        .other_line = LINE_ABSENT,
	        .date = event->line->from,
	        .code = event->line->code,
	        .units = event->line->units,
	        .amount = event->amount,
	        .digest = event->line->digest,
	        .claim_id = {text, event->run->claim_id_size},
	};

	memcpy(finding.modifiers, event->line->modifiers, sizeof(finding.modifiers));
	text += event->run->claim_id_size;
	finding.data_source = (struct text){text, event->run->data_source_size};
	text += event->run->data_source_size;
	finding.person_id = (struct text){text, event->run->person_id_size};
	return finding;
}

static struct teller teller_of(struct window_private *own)
{
	return (struct teller){
	        .profile = own->profile,
	        .sink = own->sink,
	        .hits = own->totals.hits,
	        .dollars = own->totals.dollars,
	        .unique_dollars = own->totals.unique_dollars,
	        .detail = own->detail,
	};
}

static int tell(struct window_private *own, const struct hit_view *view, struct finding *finding,
        uint8_t standing)
{
	struct teller teller = teller_of(own);

	return finding_tell(&teller, finding, view, standing);
}

/* The dollars that a standing finding takes of its lines; marks them. */
static int64_t take_dollars(
        struct window_private *own, const struct found *found, struct outcome *outcomes)
{
	struct members members = members_of(own, found);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < members.count; i++) {
		const struct event *event = &own->window.events[members.events[i]];
		int64_t dollars = found->severity == SEVERITY_INFO
		                          ? 0
		                          : claims_dollars(
		                                    event->amount, found->share, found->whole);

		hit_line(&outcomes[members.events[i]], found->rule, dollars);
		sum += (uint64_t)dollars;
	}
	return (int64_t)sum;
}

static int tell_found(
        struct window_private *own, const struct found *found, struct outcome *outcomes)
{
	const struct window *window = &own->window;
	const struct event *event = &window->events[found->event];
	const struct past_claim *claim = found->whole_claim ? &window->claims[event->claim] : NULL;
	uint8_t standing = claim ? claim->standing : outcomes[found->event].standing;
	struct finding finding = event_finding(claim ? &window->events[claim->lowest] : event);
	const struct hit_view view = {
	        .rule = found->rule,
	        .severity = found->severity,
	        .watch = found->watch,
	        .kind = {found->kind, (uint32_t)strlen(found->kind)},
	        .detail = {(const char *)own->texts.data + found->detail, found->detail_size},
	};

	if (claim) {
		finding.claim_level = true;
		finding.amount = claim->amount;
		finding.code = CODE_BLANK;
		finding.units = AMOUNT_ABSENT;
		memset(finding.modifiers, 0, sizeof(finding.modifiers));
	}
	if (found->other != NO_EVENT) {
		const struct event *other = &window->events[found->other];

		finding.other_claim_id = event_claim_id(other);
		finding.other_line = claim ? LINE_ABSENT : other->line->line;
	}
	if (!found->watch && found->rule == standing) {
		finding.dollars = take_dollars(own, found, outcomes);
		outcomes[claim ? claim->lowest : found->event].findings++;
	}
	return tell(own, &view, &finding, standing);
}

static int tell_prior(
        struct window_private *own, const struct prior *prior, struct outcome *outcome)
{
	const struct line_record *line = prior->line;
	size_t count = views_of(own, prior);
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		const struct hit_view *view = &own->views[i];
		struct finding finding = event_finding(&own->window.events[prior->event]);
		bool stands = !view->watch && view->rule == outcome->standing;

		finding.amount = line->place.amount;
		if (!view->watch && view->severity != SEVERITY_INFO && line->flags & LINE_PAYABLE)
			finding.dollars = claims_dollars(
			        line->place.amount, view->share, view->whole);
		err = tell(own, view, &finding, outcome->standing);
		if (stands) {
			hit_line(outcome, view->rule, finding.dollars);
			outcome->findings++;
		}
	}
	return err;
}

/* A line that takes no part here, and came with the findings of its claim. */
static int tell_loose(struct window_private *own, const struct prior *prior)
{
	const struct past_claim *claim = claim_find(&own->window, prior->line->claim);
	struct teller teller = teller_of(own);
	struct settled_line settled = {
	        .line = prior->line, .place = prior->line->place, .views = own->views};

	if (history_has_line(prior->line))
		return 0;
	if (claim && !claim->verdict) {
		settled.place.marked = RULE_NONE;
		settled.place.portion = 0;
	}
	settled.count = views_of(own, prior);
	return claims_tell_line(&teller, &settled);
}

/* ---- What joining found of claims ---- */

/*
 * The rule that stands on a claim, of those of joining and those of histories.  If
 * it is one of these, what joining found marks no line.
 */
static uint8_t rank_claim(struct past_claim *claim, uint8_t rule)
{
	if (!claim || claim->standing == RULE_NONE)
		return rule;
	raise_standing(&claim->standing, rule);
	if (claim->standing != rule)
		claim->verdict = NULL;
	return claim->standing;
}

/* Before the window's own findings are told: what stands on their claims changes here. */
static int settle_told(struct window_private *own, const struct history_findings *told)
{
	const struct run_record *lowest = (const void *)(told + 1);
	const struct provider_lines *providers = (const void *)((const char *)lowest +
	                                                        lowest->head.size);
	struct claim_findings findings = {.lowest = lowest,
	        .amount = told->amount,
	        .denied = told->denied,
	        .views = own->views};
	struct past_claim *claim = (struct past_claim *)(uintptr_t)claim_find(
	        &own->window, told->claim);
	struct teller teller = teller_of(own);
	uint8_t standing;
	int err;

	findings.count = claims_unpack_hits(
	        (const char *)(providers + told->providers), told->hits, UINT64_MAX, own->views);
	claims_rank_claim(&findings);
	standing = rank_claim(claim, findings.rule);
	err = claims_tell_claim(&teller, &findings, standing);
	if (err || standing != findings.rule)
		return err;
	return claims_mark_lines(own->profile, &findings, providers, told->providers);
}

/* ---- The union of dollars ---- */

/* The verdict that marks a line which stands in no claim here, for it was denied; or NULL. */
static const struct history_verdict *marked_alone(
        const struct window_private *own, const struct event *event)
{
	const struct past_claim *claim = claim_find(&own->window, event->run->claim);
	const struct history_verdict *verdict = event->line->flags & PAST_DENIED
	                                                ? verdict_of(own, event->run->claim)
	                                                : NULL;

	if (claim)
		return claim->verdict;
	return verdict && verdict->flags & VERDICT_MARKED ? verdict : NULL;
}

/* What an earlier run has flagged of a line is its; a new claim's finding may stand on it. */
static int flag_old_line(
        struct window_private *own, const struct event *event, const struct outcome *outcome)
{
	if (outcome->findings == 0)
		return 0;
	return profile_add_flagged(own->profile, event->run->provider, false, outcome->findings, 0);
}

static int flag_line(struct window_private *own, const struct event *event, struct outcome *outcome)
{
	const struct past_claim *claim = event->claim != NO_EVENT
	                                         ? &own->window.claims[event->claim]
	                                         : NULL;
	const struct history_verdict *marked = claim ? claim->verdict : marked_alone(own, event);
	int64_t amount = event->amount > 0 ? event->amount : 0; /* absent too */
	int64_t most = outcome->most > amount ? amount : outcome->most;
	int64_t portion = marked ? claims_dollars(amount, marked->share, marked->whole) : 0;

	if (event_is_old(event))
		return flag_old_line(own, event, outcome);
	most = most > portion ? most - portion : 0;
	if (!outcome->several && (!marked || marked->rule == outcome->rule))
		own->totals.unique_dollars[outcome->rule] += most;
	return profile_add_flagged(
	        own->profile, event->run->provider, !marked, outcome->findings, most);
}

/* The claim of a key among the window's, which stand in its order; or NULL. */
const struct past_claim *claim_find(const struct window *window, uint64_t key)
{
	uint32_t low = 0, high = window->claim_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (window->claims[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < window->claim_count && window->claims[low].key == key ? &window->claims[low]
	                                                                   : NULL;
}

/* Has a rule other than that of the claim's finding hit one of its lines? */
static bool claim_is_hit(const struct window *window, const struct history_verdict *verdict,
        const struct outcome *outcomes)
{
	const struct past_claim *claim = claim_find(window, verdict->claim);
	bool hit = false;

	for (uint32_t i = claim ? claim->from : 0; claim && i < claim->to; i++) {
		const struct outcome *outcome = &outcomes[window->by_claim[i]];

		hit |= outcome->hit && (outcome->several || outcome->rule != verdict->rule);
	}
	return hit;
}

static void settle_verdicts(struct window_private *own, const struct outcome *outcomes)
{
	for (uint32_t i = 0; i < own->verdict_count && !own->others; i++) {
		const struct history_verdict *verdict = own->verdicts[i];
		const struct past_claim *claim = claim_find(&own->window, verdict->claim);
		bool superseded = claim && !claim->verdict;

		if (verdict->flags & VERDICT_ALONE && verdict->dollars > 0 && !superseded &&
		        !claim_is_hit(&own->window, verdict, outcomes))
			own->totals.unique_dollars[verdict->rule] += verdict->dollars;
	}
}

int window_settle(struct window_private *own)
{
	struct window *window = &own->window;
	const struct found *all = own->found.data;
	uint32_t all_events = window->count + window->denied_count;
	int err = 0;

	own->outcomes = NULL;
	if (own->found.count == 0 && own->prior_count == 0 && own->verdict_count == 0)
		return 0;
	struct outcome *outcomes = scratch_room(
	        &own->outcome_room, all_events + 1, sizeof(*outcomes));
	if (!outcomes)
		return FAIL_MEMORY;
	own->outcomes = outcomes;
	for (uint32_t i = 0; i < all_events; i++)
		outcomes[i] = (struct outcome){.standing = RULE_NONE};
	rank_found(own, outcomes);
	rank_priors(own, outcomes);
	for (uint32_t i = 0; i < own->told_count && !own->others && !err; i++)
		err = settle_told(own, own->told[i]);
	for (size_t i = 0; i < own->found.count && !err; i++)
		err = tell_found(own, &all[i], outcomes);
	for (uint32_t i = 0; i < own->prior_count && !err; i++) {
		err = own->priors[i].event != NO_EVENT
		              ? tell_prior(own, &own->priors[i], &outcomes[own->priors[i].event])
		              : tell_loose(own, &own->priors[i]);
	}
	for (uint32_t i = 0; i < all_events && !err; i++) {
		if (outcomes[i].hit)
			err = flag_line(own, &window->events[i], &outcomes[i]);
	}
	settle_verdicts(own, outcomes);
	return err;
}
