/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers are read by their numbers, as their counters lie, some at a time by
 * each thread, into parts; the parts are then joined, and the members put in the
 * order of their groups, in each as they are printed.
 */
#include "stats/measures.h"

#include "base/budget.h"
#include "base/tasks.h"
#include "lookup/side.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAY_2021_01_01 = 18628,
	DAY_2023_01_01 = 19358,
	PART_PROVIDERS = 1024,
	HITS_MEMBERS = 16384, /* so that the last blocks of their lists are few */
};

/* Levels, and the day from which AMA's guideline of levels by time or decision holds. */
static const struct {
	const char *name, *before;
	uint8_t levels;
	int32_t change;
} families[EM_FAMILIES] = {
        [EM_OFFICE_NEW] = {"office_new", "office_new_pre2021", 5, DAY_2021_01_01},
        [EM_OFFICE_EST] = {"office_est", "office_est_pre2021", 5, DAY_2021_01_01},
        [EM_ED] = {"ed", "ed_pre2023", 5, DAY_2023_01_01},
        [EM_HOSPITAL_INITIAL] = {"hospital_initial", "hospital_initial_pre2023", 3, DAY_2023_01_01},
        [EM_HOSPITAL_SUBSEQUENT] = {"hospital_subsequent", "hospital_subsequent_pre2023", 3,
                DAY_2023_01_01},
        [EM_SNF_INITIAL] = {"snf_initial", "snf_initial_pre2023", 3, DAY_2023_01_01},
        [EM_SNF_SUBSEQUENT] = {"snf_subsequent", "snf_subsequent_pre2023", 4, DAY_2023_01_01},
        [EM_HOME_NEW] = {"home_new", "home_new_pre2023", 5, DAY_2023_01_01},
        [EM_HOME_EST] = {"home_est", "home_est_pre2023", 4, DAY_2023_01_01},
        [EM_CONSULT_OFFICE] = {"consult_office", "consult_office_pre2023", 5, DAY_2023_01_01},
        [EM_CONSULT_HOSPITAL] = {"consult_hospital", "consult_hospital_pre2023", 5, DAY_2023_01_01},
};

const char *em_family_text(unsigned family, bool after)
{
	return after ? families[family].name : families[family].before;
}

unsigned em_family_levels(unsigned family)
{
	return families[family].levels;
}

/* ---- Growing arrays ---- */

struct list {
	void *items;
	size_t count, room;
};

/* Room for one more; NULL: no memory. */
static void *list_add(struct list *list, size_t size)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		void *larger = budget_resize(list->items, room * size);

		if (!larger)
			return NULL;
		list->items = larger;
		list->room = room;
	}
	return (char *)list->items + size * list->count++;
}

/* One thread's, of some providers. */
struct part {
	struct list em, months, codes, members, of;
	struct profile_cells cells;
};

/* What is tallied, net, where histories were walked, of kinds of cells. */
static const struct {
	enum tally_measure measure;
	enum profile_kind kind;
} net_kinds[] = {
        {TALLY_EM_LEVEL, PROFILE_KIND_EM},
        {TALLY_MONTH, PROFILE_KIND_MONTH},
        {TALLY_DIGIT, PROFILE_KIND_DIGIT},
};

enum { NET_KINDS = sizeof(net_kinds) / sizeof(net_kinds[0]) };

/* A number that is not printed. */
enum { PLACE_NONE = UINT32_MAX };

/* What all parts are read by. */
struct reading {
	const struct measures_options *options;
	struct measures *measures;
	uint32_t *places; /* by number, among all providers as they are printed */
	size_t number_count, place_count;
	struct part *parts;
	size_t part_count;
	uint32_t *net_first[NET_KINDS]; /* by number of the profile: of tallies_of() */
	unsigned kinds;                 /* of cells: what is not tallied */
};

/* ---- Amounts ---- */

static int64_t fee_amount(const struct measures_options *options, const struct profile_cell *cell)
{
	if (options->has_allowed)
		return cell->allowed;
	return options->has_paid ? cell->paid : cell->charge;
}

static int64_t paid_amount(const struct measures_options *options, const struct profile_cell *cell)
{
	if (options->has_paid)
		return cell->paid;
	return options->has_allowed ? cell->allowed : cell->charge;
}

/* ---- Cells of one provider ---- */

/* Of a family's cells, which stand together: the entry is made with the first. */
static int add_em(struct part *part, const struct measures_options *options,
        const struct member_measures *of, const struct profile_cell *cell)
{
	/* A tally says the side of the guideline's change; of cells it is found later. */
	unsigned family = cell->key >> 8 & 0xff, level = cell->key & 0xff;
	bool after = cell->key >> 16 & 1;
	struct em_levels *em = part->em.items;

	if (family >= EM_FAMILIES || level < 1 || level > families[family].levels)
		return 0;
	em = part->em.count > of->em_from ? em + part->em.count - 1 : NULL;
	if (!em || em->family != family || em->after != after) {
		em = list_add(&part->em, sizeof(*em));
		if (!em)
			return FAIL_MEMORY;
		*em = (struct em_levels){.family = (uint8_t)family, .after = after};
	}
	em->counts[level - 1] += cell->lines;
	em->amounts[level - 1] += fee_amount(options, cell);
	em->n += cell->lines;
	return 0;
}

static int add_month(
        struct part *part, const struct measures_options *options, const struct profile_cell *cell)
{
	if (cell->lines == 0)
		return 0;
	struct month_sum *month = list_add(&part->months, sizeof(*month));

	if (!month)
		return FAIL_MEMORY;
	*month = (struct month_sum){(int32_t)cell->key, paid_amount(options, cell)};
	return 0;
}

static int add_code(struct part *part, const struct measures_options *options,
        struct member_measures *of, const struct profile_cell *cell)
{
	struct code_sum *code = list_add(&part->codes, sizeof(*code));
	int64_t paid = paid_amount(options, cell);

	if (!code)
		return FAIL_MEMORY;
	*code = (struct code_sum){cell->key, cell->lines, paid};
	of->code_lines += cell->lines;
	of->code_paid += paid;
	if (paid > of->top_paid) {
		of->top_paid = paid;
		of->top_code = cell->key;
	}
	return 0;
}

static int add_cell(struct part *part, const struct measures_options *options,
        struct member_measures *of, const struct profile_cell *cell)
{
	switch (cell->kind) {
	case PROFILE_KIND_EM:
		return add_em(part, options, of, cell);
	case PROFILE_KIND_MONTH:
		return add_month(part, options, cell);
	case PROFILE_KIND_CODE:
		return add_code(part, options, of, cell);
	case PROFILE_KIND_DIGIT:
		if (cell->key >= 1 && cell->key <= DIGITS) {
			of->digits[cell->key - 1] += cell->lines;
			of->digit_count += cell->lines;
		}
		return 0;
	default:
		return 0;
	}
}

/* A provider's entries of a kind, as cells. */
static int add_net(struct part *part, const struct reading *reading, struct member_measures *of,
        uint32_t number, unsigned kind)
{
	size_t count;
	const struct tally *all = tallies_of(
	        reading->options->tallies, net_kinds[kind].measure, &count);
	const uint32_t *first = reading->net_first[kind];
	int err = 0;

	for (uint32_t i = first[number]; i < first[number + 1] && err == 0; i++) {
		const struct profile_cell cell = {.kind = net_kinds[kind].kind,
		        .key = all[i].of,
		        .lines = all[i].n,
		        .charge = all[i].dollars,
		        .allowed = all[i].dollars,
		        .paid = all[i].dollars};

		err = add_cell(part, reading->options, of, &cell);
	}
	return err;
}

static int add_cells(struct part *part, const struct reading *reading, struct member_measures *of,
        uint32_t number)
{
	int err = 0;

	for (unsigned kind = 0; kind < NET_KINDS && err == 0; kind++) {
		if (reading->net_first[kind])
			err = add_net(part, reading, of, number, kind);
	}
	for (size_t i = 0; i < part->cells.count && err == 0; i++)
		err = add_cell(part, reading->options, of, &part->cells.items[i]);
	return err;
}

/* Which side of its families' changes a provider's services were on. */
static void set_sides(
        struct part *part, const struct member_measures *of, const struct profile_provider *read)
{
	for (size_t i = of->em_from; i < part->em.count; i++) {
		struct em_levels *em = (struct em_levels *)part->em.items + i;
		int32_t change = families[em->family].change;

		em->after = read->last_date >= change;
		em->mixed = em->after && read->first_date < change;
	}
}

/* ---- One provider ---- */

/* Codes of classes E, K and L: durable equipment, prostheses. */
static bool is_equipment(uint64_t code)
{
	char first = (char)(code & 0xff);

	return first == 'E' || first == 'K' || first == 'L';
}

static uint8_t setting_of(const struct part *part)
{
	uint64_t lines[AT_DME + 1] = {0}, coded = 0, equipment = 0;
	uint8_t most = AT_UNKNOWN;

	for (size_t i = 0; i < part->cells.count; i++) {
		const struct profile_cell *cell = &part->cells.items[i];

		if (cell->kind == PROFILE_KIND_POS)
			lines[setting_of_place((uint16_t)cell->key)] += cell->lines;
		if (cell->kind == PROFILE_KIND_CODE) {
			coded += cell->lines;
			equipment += is_equipment(cell->key) ? cell->lines : 0;
		}
	}
	if (2 * equipment > coded)
		return AT_DME;
	for (uint8_t setting = AT_OFFICE; setting <= AT_LAB; setting++) {
		if (lines[setting] > lines[most] || (most == AT_UNKNOWN && lines[setting] > 0))
			most = setting;
	}
	return most;
}

/* Has it an id that can be a provider's, and lines? */
static bool is_member(const struct profile_provider *provider)
{
	return provider->lines > 0 && id_is_somebody(id_kind(provider->id));
}

static struct member member_of(const struct reading *reading, const struct part *part,
        uint32_t number, const struct profile_provider *provider)
{
	const struct measures_options *options = reading->options;
	struct side_provider said = {0};
	struct member member = {.number = number, .place = reading->places[number]};
	size_t given = 0;

	if (options->providers)
		said = side_provider_find(options->providers, provider->id);
	const struct payer_cell *row = payer_find(
	        options->payer, PAYER_PEER_GROUPS, (int64_t)provider->id, &given);

	member.specialty = said.specialty ? said.specialty : provider->specialty;
	member.state = said.state ? said.state : provider->state;
	member.entity_type = said.entity_type ? said.entity_type : provider->entity_type;
	member.setting = setting_of(part);
	if (given > 0)
		member.given = row[PEER_GROUPS_GROUP].text;
	return member;
}

static int compare_months(const void *a, const void *b)
{
	const struct month_sum *of_a = a, *of_b = b;

	return (of_a->month > of_b->month) - (of_a->month < of_b->month);
}

/* Tallies are in the order of words without a sign: months before 1970 come last. */
static void order_months(struct part *part, size_t from)
{
	struct month_sum *months = part->months.items;
	size_t count = part->months.count - from;

	if (count > 1 && months[from].month > months[from + count - 1].month)
		qsort(months + from, count, sizeof(*months), compare_months);
}

static int read_provider(struct part *part, const struct reading *reading, uint32_t number)
{
	const struct measures_options *options = reading->options;
	struct profile_provider provider;
	struct member_measures of = {.em_from = (uint32_t)part->em.count,
	        .months_from = (uint32_t)part->months.count,
	        .codes_from = (uint32_t)part->codes.count};

	profile_read(options->profile, number, &provider);
	if (!is_member(&provider))
		return 0;
	of.beneficiaries = provider.beneficiaries;
	of.lines = provider.lines;
	of.claims = provider.claims;
	of.dollars_flagged = provider.dollars_flagged;
	int err = profile_cells_of(options->profile, number, reading->kinds, &part->cells);

	if (err == 0)
		err = add_cells(part, reading, &of, number);
	order_months(part, of.months_from);
	struct member *member = list_add(&part->members, sizeof(*member));
	struct member_measures *kept = list_add(&part->of, sizeof(*kept));

	if (err < 0 || !member || !kept)
		return FAIL_MEMORY;
	if (!reading->measures->tallied[TALLY_EM_LEVEL])
		set_sides(part, &of, &provider);
	*member = member_of(reading, part, number, &provider);
	of.em_to = (uint32_t)part->em.count;
	of.months_to = (uint32_t)part->months.count;
	of.codes_to = (uint32_t)part->codes.count;
	*kept = of;
	return 0;
}

/* The next of the numbers that end before `to`. */
static void expect_numbers(const struct reading *reading, size_t from, size_t to)
{
	uint32_t numbers[PROFILE_AHEAD];
	size_t count = to - from < PROFILE_AHEAD ? to - from : PROFILE_AHEAD;

	for (size_t i = 0; i < count; i++)
		numbers[i] = (uint32_t)(from + i);
	profile_expect(reading->options->profile, numbers, count);
}

static int read_part(void *context, size_t at)
{
	const struct reading *reading = context;
	struct part *part = &reading->parts[at];
	size_t from = at * PART_PROVIDERS, to = from + PART_PROVIDERS;
	int err = 0;

	to = to < reading->number_count ? to : reading->number_count;
	for (size_t i = from; i < to && err == 0; i++) {
		if ((i - from) % PROFILE_AHEAD == 0)
			expect_numbers(reading, i, to);
		if (reading->places[i] != PLACE_NONE)
			err = read_provider(part, reading, (uint32_t)i);
	}
	free(part->cells.items);
	part->cells.items = NULL;
	return err;
}

/* ---- Joining ---- */

/* Lists of parts, and where they are joined in measures. */
static const struct {
	size_t in_part, in_measures, size;
} joined_lists[] = {
        {offsetof(struct part, members), offsetof(struct measures, members), sizeof(struct member)},
        {offsetof(struct part, of), offsetof(struct measures, of), sizeof(struct member_measures)},
        {offsetof(struct part, em), offsetof(struct measures, em), sizeof(struct em_levels)},
        {offsetof(struct part, months), offsetof(struct measures, months),
                sizeof(struct month_sum)},
        {offsetof(struct part, codes), offsetof(struct measures, codes), sizeof(struct code_sum)},
};

enum { JOINED_LISTS = sizeof(joined_lists) / sizeof(joined_lists[0]) };

/* All parts' items of one list, one behind the other. */
static int join_list(void *context, size_t which)
{
	const struct reading *reading = context;
	size_t at = joined_lists[which].in_part, size = joined_lists[which].size;
	size_t count = 0;

	for (size_t i = 0; i < reading->part_count; i++)
		count += ((struct list *)((char *)&reading->parts[i] + at))->count;
	char *all = budget_alloc((count + 1) * size), *to = all;

	for (size_t i = 0; all && i < reading->part_count; i++) {
		struct list *list = (struct list *)((char *)&reading->parts[i] + at);

		if (list->count > 0)
			memcpy(to, list->items, list->count * size);
		to += list->count * size;
		budget_free(list->items);
		list->items = NULL;
	}
	*(void **)(void *)((char *)reading->measures + joined_lists[which].in_measures) = all;
	return all ? 0 : FAIL_MEMORY;
}

/* Ranges of a part's lists become ranges of all. */
static void shift_ranges(struct reading *reading)
{
	uint32_t em = 0, months = 0, codes = 0;

	for (size_t i = 0; i < reading->part_count; i++) {
		struct part *part = &reading->parts[i];
		struct member_measures *of = part->of.items;

		for (size_t k = 0; k < part->of.count; k++) {
			of[k].em_from += em;
			of[k].em_to += em;
			of[k].months_from += months;
			of[k].months_to += months;
			of[k].codes_from += codes;
			of[k].codes_to += codes;
		}
		em += (uint32_t)part->em.count;
		months += (uint32_t)part->months.count;
		codes += (uint32_t)part->codes.count;
		reading->measures->member_count += part->members.count;
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Groups that a table gives are put in the order of their names. */
static int rank_given(struct measures *measures)
{
	const char **names = budget_alloc((measures->member_count + 1) * sizeof(*names));
	size_t count = 0;

	if (!names)
		return FAIL_MEMORY;
	for (size_t i = 0; i < measures->member_count; i++) {
		if (measures->members[i].given)
			names[count++] = measures->members[i].given;
	}
	if (count > 0)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < measures->member_count && count > 0; i++) {
		struct member *member = &measures->members[i];
		size_t low = 0, high = count;

		while (member->given && low < high) {
			size_t middle = low + (high - low) / 2;

			if (strcmp(names[middle], member->given) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		member->given_rank = member->given ? (uint32_t)low + 1 : 0;
	}
	budget_free(names);
	return 0;
}

/* Members as they are printed; where each stood by its place; NULL: no memory. */
static uint32_t *order_by_place(struct measures *measures, size_t place_count)
{
	uint32_t *at = budget_alloc((place_count + 1) * sizeof(*at));
	struct member *printed = budget_alloc((measures->member_count + 1) * sizeof(*printed));
	size_t count = 0;

	if (!at || !printed) {
		budget_free(at);
		budget_free(printed);
		return NULL;
	}
	for (size_t place = 0; place < place_count; place++)
		at[place] = MEMBER_NONE;
	for (uint32_t i = 0; i < measures->member_count; i++)
		at[measures->members[i].place] = i;
	for (size_t place = 0; place < place_count; place++) {
		if (at[place] != MEMBER_NONE)
			printed[count++] = measures->members[at[place]];
	}
	budget_free(measures->members);
	measures->members = printed;
	return at;
}

/* Measures follow their members into the order of groups. */
static int order_members(struct measures *measures, size_t place_count)
{
	uint32_t *at = order_by_place(measures, place_count);
	struct member_measures *of = budget_alloc((measures->member_count + 1) * sizeof(*of));
	int err = at && of ? rank_given(measures) : FAIL_MEMORY;

	if (err == 0)
		err = members_sort(measures->members, measures->member_count);
	for (uint32_t i = 0; err == 0 && i < measures->member_count; i++)
		of[i] = measures->of[at[measures->members[i].place]];
	budget_free(at);
	if (err < 0) {
		budget_free(of);
		return err;
	}
	budget_free(measures->of);
	measures->of = of;
	for (uint32_t i = 0; i < measures->member_count; i++) {
		for (uint32_t k = of[i].em_from; k < of[i].em_to; k++)
			measures->em[k].member = i;
	}
	return 0;
}

static int join_parts(struct reading *reading)
{
	shift_ranges(reading);
	int err = tasks_run(reading->options->threads, JOINED_LISTS, join_list, reading);

	return err == 0 ? order_members(reading->measures, reading->place_count) : err;
}

/* ---- Hits ---- */

struct hit_block {
	struct hit_block *next;
	size_t count;
	struct rate_sample items[];
};

enum { HIT_BLOCK_ITEMS = (BLOCK_BYTES - sizeof(struct hit_block)) / sizeof(struct rate_sample) };

struct hit_lists {
	struct hit_block *first[RULES_ALL], *last[RULES_ALL];
};

static int add_hit(struct hit_lists *lists, struct blocks *blocks, unsigned rule,
        const struct rate_sample *sample)
{
	struct hit_block *block = lists->last[rule];

	if (!block || block->count == HIT_BLOCK_ITEMS) {
		struct hit_block *fresh = blocks_take(blocks);

		if (!fresh)
			return FAIL_MEMORY;
		*fresh = (struct hit_block){0};
		*(block ? &block->next : &lists->first[rule]) = fresh;
		lists->last[rule] = block = fresh;
	}
	block->items[block->count++] = *sample;
	return 0;
}

struct hits_reading {
	struct measures *measures;
	const struct measures_options *options;
	const struct hit_reader *reader;
};

static int read_hits(struct hit_lists *lists, const struct hits_reading *reading, uint32_t member)
{
	const struct measures *measures = reading->measures;
	struct profile_rule read[RULES_ALL];
	int err = 0;

	profile_read_rules(reading->options->profile, measures->members[member].number, read);
	reading->reader->read(reading->reader->context, member, read);
	for (unsigned rule = 0; rule < RULES_ALL && err == 0; rule++) {
		const struct rate_sample sample = {
		        member, read[rule].evaluated, read[rule].hits, read[rule].dollars};

		if (reading->options->selection->active[rule] && sample.n >= DENOMINATOR_MIN &&
		        sample.k <= sample.n)
			err = add_hit(lists, measures->blocks, rule, &sample);
	}
	return err;
}

/* The next of the members before `to`. */
static void expect_members(const struct hits_reading *reading, size_t from, size_t to)
{
	uint32_t numbers[PROFILE_AHEAD];
	size_t count = to - from < PROFILE_AHEAD ? to - from : PROFILE_AHEAD;

	for (size_t i = 0; i < count; i++)
		numbers[i] = reading->measures->members[from + i].number;
	profile_expect(reading->options->profile, numbers, count);
}

/* Of the members of one list. */
static int read_hit_lists(void *context, size_t at)
{
	const struct hits_reading *reading = context;
	struct hit_lists *lists = &reading->measures->hits[at];
	size_t from = at * HITS_MEMBERS, to = from + HITS_MEMBERS;
	int err = 0;

	to = to < reading->measures->member_count ? to : reading->measures->member_count;
	for (size_t i = from; i < to && err == 0; i++) {
		if ((i - from) % PROFILE_AHEAD == 0)
			expect_members(reading, i, to);
		err = read_hits(lists, reading, (uint32_t)i);
	}
	return err;
}

int measures_read_hits(struct measures *measures, const struct measures_options *options,
        const struct hit_reader *reader)
{
	struct hits_reading reading = {measures, options, reader};

	measures->hit_list_count = (measures->member_count + HITS_MEMBERS - 1) / HITS_MEMBERS;
	measures->hits = budget_calloc(measures->hit_list_count + 1, sizeof(*measures->hits));
	if (!measures->hits)
		return FAIL_MEMORY;
	return tasks_run(options->threads, measures->hit_list_count, read_hit_lists, &reading);
}

size_t measures_take_hits(
        const struct measures *measures, unsigned rule, struct rate_sample samples[])
{
	size_t count = 0;

	for (size_t i = 0; i < measures->hit_list_count; i++) {
		struct hit_block *block = measures->hits[i].first[rule];

		while (block) {
			struct hit_block *next = block->next;

			memcpy(samples + count, block->items, block->count * sizeof(*samples));
			count += block->count;
			blocks_give(measures->blocks, block);
			block = next;
		}
		measures->hits[i].first[rule] = measures->hits[i].last[rule] = NULL;
	}
	return count;
}

/* ---- Tallies ---- */

/* Where each provider's entries of a kind begin. */
static int find_net(void *context, size_t kind)
{
	struct reading *reading = context;
	size_t count, numbers = profile_count(reading->options->profile), at = 0;
	const struct tally *of = tallies_of(
	        reading->options->tallies, net_kinds[kind].measure, &count);

	if (count == 0)
		return 0;
	uint32_t *first = budget_alloc((numbers + 1) * sizeof(*first));

	for (size_t number = 0; first && number <= numbers; number++) {
		while (at < count && of[at].provider < number)
			at++;
		first[number] = (uint32_t)at;
	}
	reading->net_first[kind] = first;
	return first ? 0 : FAIL_MEMORY;
}

static int find_tallies(struct reading *reading)
{
	reading->kinds = 1 << PROFILE_KIND_CODE | 1 << PROFILE_KIND_POS;
	for (unsigned measure = 0; measure < TALLY_MEASURES; measure++) {
		size_t count;

		tallies_of(reading->options->tallies, measure, &count);
		reading->measures->tallied[measure] = count > 0;
	}
	for (unsigned kind = 0; kind < NET_KINDS; kind++) {
		if (!reading->measures->tallied[net_kinds[kind].measure])
			reading->kinds |= 1u << net_kinds[kind].kind;
	}
	return tasks_run(reading->options->threads, NET_KINDS, find_net, reading);
}

/* Members by number of the profile. */
static int find_places(struct measures *measures, const struct profile *profile)
{
	measures->number_count = profile_count(profile);
	measures->place = budget_calloc(measures->number_count + 1, sizeof(*measures->place));
	if (!measures->place)
		return FAIL_MEMORY;
	for (uint32_t i = 0; i < measures->member_count; i++)
		measures->place[measures->members[i].number] = i + 1;
	return 0;
}

/* ---- All ---- */

static void free_parts(struct reading *reading)
{
	for (size_t i = 0; reading->parts && i < reading->part_count; i++) {
		struct part *part = &reading->parts[i];

		budget_free(part->em.items);
		budget_free(part->months.items);
		budget_free(part->codes.items);
		budget_free(part->members.items);
		budget_free(part->of.items);
		free(part->cells.items);
	}
	for (unsigned kind = 0; kind < NET_KINDS; kind++)
		budget_free(reading->net_first[kind]);
	budget_free(reading->parts);
	budget_free(reading->places);
}

static int read_places(struct reading *reading)
{
	const struct profile *profile = reading->options->profile;
	uint32_t *order;
	int err = profile_order(profile, &order, &reading->place_count);

	if (err < 0)
		return err;
	reading->number_count = profile_count(profile);
	reading->places = budget_alloc((reading->number_count + 1) * sizeof(*reading->places));
	for (size_t i = 0; reading->places && i < reading->number_count; i++)
		reading->places[i] = PLACE_NONE;
	for (uint32_t place = 0; reading->places && place < reading->place_count; place++)
		reading->places[order[place]] = place;
	free(order);
	return reading->places ? 0 : FAIL_MEMORY;
}

int measures_read(struct measures *measures, const struct measures_options *options)
{
	struct reading reading = {.options = options, .measures = measures};

	*measures = (struct measures){.blocks = options->blocks};
	int err = find_tallies(&reading);

	if (err == 0)
		err = read_places(&reading);
	reading.part_count = (reading.number_count + PART_PROVIDERS - 1) / PART_PROVIDERS;
	if (err == 0) {
		reading.parts = budget_calloc(reading.part_count + 1, sizeof(*reading.parts));
		err = reading.parts ? 0 : FAIL_MEMORY;
	}
	if (err == 0)
		err = tasks_run(options->threads, reading.part_count, read_part, &reading);
	if (err == 0)
		err = join_parts(&reading);
	if (err == 0)
		err = find_places(measures, options->profile);
	free_parts(&reading);
	return err < 0 ? FAIL_MEMORY : 0;
}

void measures_free(struct measures *measures)
{
	budget_free(measures->members);
	budget_free(measures->of);
	budget_free(measures->em);
	budget_free(measures->months);
	budget_free(measures->codes);
	budget_free(measures->hits);
	budget_free(measures->place);
	memset(measures, 0, sizeof(*measures));
}
