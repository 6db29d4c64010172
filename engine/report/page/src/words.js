// SPDX-License-Identifier: Apache-2.0
//
// Numbers and codes as people read them.
import { format } from 'd3-format';

const whole = format(',d');
const two = format(',.2f');

const MISSING = '–';
const blank = (value) => value === null || value === undefined || Number.isNaN(value);

export const count = (value) => (blank(value) ? MISSING : whole(value));
export const cents = (value) => (blank(value) ? MISSING : dollars(value / 100));
export const dollars = (value) =>
	blank(value) ? MISSING : (value < 0 ? '−' : '') + '$' + whole(Math.round(Math.abs(value)));
export const exact = (value) =>
	blank(value) ? MISSING : (value < 0 ? '−' : '') + '$' + two(Math.abs(value));
export const percent = (value, places = 1) => (blank(value) ? MISSING : `${(100 * value).toFixed(places)} %`);
export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

export function compact(value) {
	if (blank(value)) return MISSING;
	const size = Math.abs(value);
	for (const [unit, letter] of [
		[1e9, 'B'],
		[1e6, 'M'],
		[1e3, 'K'],
	])
		if (size >= unit)
			return `$${(value / unit).toFixed(size < 100 * unit ? 1 : 0).replace(/\.0$/, '')}${letter}`;
	return `$${value.toFixed(0)}`;
}

// A figure of no unit: as many places as tell it from another.
export function figure(value) {
	if (blank(value)) return MISSING;
	const size = Math.abs(value);
	if (size >= 1000) return whole(Math.round(value));
	if (size >= 10) return value.toFixed(1);
	if (size >= 0.1 || value === 0) return value.toFixed(2);
	return value.toPrecision(2);
}

export function chance(value) {
	if (blank(value)) return MISSING;
	if (value < 1e-6) return '< 0.000001';
	return value < 0.001 ? value.toFixed(6) : value.toFixed(3);
}

// What the value of a measure counts, by rule; others are rates of hits.
const UNITS = {
	'EM-01': 'level',
	'EM-02': 'share',
	'EM-03': 'divergence',
	'EM-04': 'level',
	'STA-01': 'ratio',
	'STA-03': 'deviation',
	'STA-05': 'index',
	'STA-06': 'divergence',
	'STA-08': '$',
};
const UNIT_WORDS = {
	level: 'average level, 1 to 5',
	share: 'share of services',
	divergence: 'divergence, bits',
	deviation: 'mean absolute deviation of digits',
	index: 'concentration, 0 to 1',
	$: 'dollars a month',
	ratio: 'ratio',
	rate: 'share of what was judged',
	number: 'value',
};

export function unitOf(row, rule) {
	const known = UNITS[rule];
	if (known) return known;
	return row.rate !== null && row.value !== null && Math.abs(row.rate - row.value) < 2e-6 ? 'rate' : 'number';
}

export const unitWords = (unit) => UNIT_WORDS[unit];

export function valueText(value, unit) {
	if (unit === '$') return dollars(value);
	if (unit === 'rate' || unit === 'share') return percent(value);
	return figure(value);
}

export const FAMILIES = {
	CLN: 'Clinical',
	DUP: 'Duplicates',
	EM: 'E/M levels',
	GLO: 'Global periods',
	INP: 'Inpatient',
	MOD: 'Modifiers',
	NCC: 'NCCI edits',
	PRV: 'Provider standing',
	SPC: 'Special services',
	STA: 'Statistics',
	TIM: 'Time and place',
	VAL: 'Code validity',
};

export const STATES = {
	on: 'judged, with dollars and score',
	watch: 'counted, no dollars and no score',
	off: 'left out by --rules',
	'not evaluable': 'could not be judged on these data',
	'not built': 'not in this version',
};

export const EM_FAMILIES = {
	office_new: 'Office, new patient',
	office_est: 'Office, established patient',
	ed: 'Emergency department',
	hospital_initial: 'Hospital, initial',
	hospital_subsequent: 'Hospital, subsequent',
	home_new: 'Home, new',
	home_est: 'Home, established',
};

// CMS place of service codes.
export const PLACES = {
	'02': 'Telehealth',
	10: 'Telehealth at home',
	11: 'Office',
	12: 'Home',
	13: 'Assisted living',
	15: 'Mobile unit',
	17: 'Retail clinic',
	19: 'Off-campus outpatient',
	20: 'Urgent care',
	21: 'Inpatient hospital',
	22: 'On-campus outpatient',
	23: 'Emergency room',
	24: 'Ambulatory surgical center',
	31: 'Skilled nursing facility',
	32: 'Nursing facility',
	33: 'Custodial care',
	34: 'Hospice',
	41: 'Ambulance, land',
	42: 'Ambulance, air or water',
	49: 'Independent clinic',
	50: 'Federally qualified health center',
	51: 'Psychiatric facility',
	53: 'Community mental health',
	61: 'Inpatient rehabilitation',
	62: 'Outpatient rehabilitation',
	65: 'Dialysis facility',
	71: 'Public health clinic',
	72: 'Rural health clinic',
	81: 'Laboratory',
	99: 'Other',
};

export const entity = (value) =>
	({ 1: 'person', 2: 'organisation' })[value] ?? 'person or organisation not known';

// CMS specialty codes of the Medicare claims processing manual, chapter 26.
const SPECIALTIES = {
	'01': 'General practice',
	'02': 'General surgery',
	'03': 'Allergy/immunology',
	'04': 'Otolaryngology',
	'05': 'Anesthesiology',
	'06': 'Cardiology',
	'07': 'Dermatology',
	'08': 'Family practice',
	'09': 'Interventional pain',
	10: 'Gastroenterology',
	11: 'Internal medicine',
	12: 'Osteopathic manipulation',
	13: 'Neurology',
	14: 'Neurosurgery',
	15: 'Speech pathology',
	16: 'Obstetrics/gynecology',
	17: 'Hospice and palliative',
	18: 'Ophthalmology',
	19: 'Oral surgery',
	20: 'Orthopedic surgery',
	21: 'Cardiac electrophysiology',
	22: 'Pathology',
	23: 'Sports medicine',
	24: 'Plastic surgery',
	25: 'Physical medicine and rehabilitation',
	26: 'Psychiatry',
	27: 'Geriatric psychiatry',
	28: 'Colorectal surgery',
	29: 'Pulmonary disease',
	30: 'Diagnostic radiology',
	33: 'Thoracic surgery',
	34: 'Urology',
	35: 'Chiropractic',
	36: 'Nuclear medicine',
	37: 'Pediatrics',
	38: 'Geriatrics',
	39: 'Nephrology',
	40: 'Hand surgery',
	41: 'Optometry',
	42: 'Nurse midwife',
	43: 'CRNA',
	44: 'Infectious disease',
	45: 'Mammography center',
	46: 'Endocrinology',
	47: 'Independent diagnostic testing',
	48: 'Podiatry',
	49: 'Ambulatory surgical center',
	50: 'Nurse practitioner',
	51: 'Supplier, orthotist',
	52: 'Supplier, prosthetist',
	53: 'Supplier, orthotist-prosthetist',
	54: 'Supplier, medical supplies',
	58: 'Supplier, medical supplies',
	59: 'Ambulance',
	60: 'Public health agency',
	62: 'Psychologist',
	64: 'Audiology',
	65: 'Physical therapy',
	66: 'Rheumatology',
	67: 'Occupational therapy',
	68: 'Clinical psychology',
	69: 'Clinical laboratory',
	70: 'Multispecialty group',
	71: 'Dietitian',
	72: 'Pain management',
	76: 'Peripheral vascular disease',
	77: 'Vascular surgery',
	78: 'Cardiac surgery',
	79: 'Addiction medicine',
	80: 'Clinical social work',
	81: 'Critical care',
	82: 'Hematology',
	83: 'Hematology/oncology',
	84: 'Preventive medicine',
	85: 'Maxillofacial surgery',
	86: 'Neuropsychiatry',
	87: 'Supplier, other',
	88: 'Supplier, unknown',
	89: 'Clinical nurse specialist',
	90: 'Medical oncology',
	91: 'Surgical oncology',
	92: 'Radiation oncology',
	93: 'Emergency medicine',
	94: 'Interventional radiology',
	97: 'Physician assistant',
	98: 'Gynecologic oncology',
	A0: 'Hospital',
	A1: 'Skilled nursing facility',
	A2: 'Intermediate care facility',
	A3: 'Nursing facility, other',
	A4: 'Home health agency',
	A5: 'Pharmacy',
	A6: 'Supplier, respiratory therapist',
	A7: 'Department store',
	A8: 'Grocery store',
	C0: 'Sleep medicine',
	C3: 'Interventional cardiology',
	C6: 'Hospitalist',
};

export const specialty = (code) =>
	code === '' ? 'specialty not known' : (SPECIALTIES[code] ?? `specialty ${code}`);

// "11/person/office/NJ" in words.
export function groupWords(group) {
	const [code, kind, setting, region] = group.split('/');
	if (region === undefined) return group;
	const who = code === 'none' ? 'no specialty' : code.length === 2 ? specialty(code) : `${code} specialties`;
	return [who, kind, setting === 'unknown' ? null : setting, region === 'all' ? 'all states' : region]
		.filter(Boolean)
		.join(', ');
}
