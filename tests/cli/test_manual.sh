# SPDX-License-Identifier: Apache-2.0
# Every option of options.def in the man page and in each completion, and what
# troff and the shells say of them.
. "$(dirname "$0")/assert.sh"

"$program" --man >page
for shell in bash zsh fish; do
	exits "completion of $shell" 0 "$program" --completion $shell
	cp stdout "$shell.completion"
done
exits "completion of no shell" 64 "$program" --completion csh
says "completion of no shell names those there are" "bash, zsh, fish"

# Letter of the command, long name, short name or 0; not those that are not built.
sed -n "s/^OPTION('\(.\)', [A-Z_]*, \"\([a-z-]*\)\", '\{0,1\}\(.\)'\{0,1\}, [^,]*, \"\([^!].*\)/\1 \2 \3/p" \
	"$root/engine/options.def" >options
equal "options are read from options.def" yes "$([ "$(wc -l <options)" -gt 30 ] && echo yes)"

# The options of one command as they stand in a file, sorted.
in_page() { # HEADING
	awk -v heading=".SS $1" '$0 == heading { on = 1; next } /^\.S[SH]/ { on = 0 } on' page |
		grep -oE '^(\\fB\\-[a-zA-Z]\\fR, )?\\fB\\-\\-[a-z\\-]+' | sed 's/.*\\fB\\-\\-//; s/\\-/-/g; s/\\f$//'
}
in_zsh() { # COMMAND, blanks as zsh writes them
	awk -v name="	$(printf '%s' "$1" | sed 's/ /\\\\ /'))" '$0 == name { on = 1 } /;;/ { on = 0 } on' \
		zsh.completion | grep -oE -- "(,|')--[a-z-]+" | sed "s/^[,']--//" | grep -vx help
}
in_bash() {
	grep -F "\"$1 -\"*)" bash.completion | grep -oE -- ' --[a-z-]+' | sed 's/ --//' | grep -vx help
}
in_fish() {
	grep -F "from $(printf '%s' "$1" | sed 's/ /; and __fish_seen_subcommand_from /')'" fish.completion |
		{ case $1 in *' '*) grep -v "'not __fish" ;; *) grep -v "'__fish_seen_subcommand_from [a-z]*; and" ;; esac; } |
		grep -oE -- ' -l [a-z-]+' | sed 's/ -l //'
}

command_of() {
	case $1 in
	S) echo scan ;; G) echo gen ;; r) echo rules bench ;; R) echo report ;; D) echo diff ;;
	C) echo calibrate ;; V) echo convert ;;
	b) echo codes build ;; i) echo codes info ;; l) echo codes lookup ;; d) echo codes diff ;;
	*) echo "letter $1 has no command in tests/cli/test_manual.sh" ;;
	esac
}
for letter in $(cut -c1 options | sort -u); do
	name=$(command_of "$letter")
	expected=$(awk -v letter="$letter" '$1 == letter { print $2 }' options | sort)
	bash_name=$name
	case $name in *" "*) ;; *) bash_name="$name " ;; esac
	equal "man page: options of $name" "$expected" "$(in_page "$name" | sort)"
	equal "bash: options of $name" "$expected" "$(in_bash "$bash_name" | sort)"
	equal "zsh: options of $name" "$expected" "$(in_zsh "$name" | sort)"
	equal "fish: options of $name" "$expected" "$(in_fish "$name" | sort)"
done

# What the page is made of: known requests only, the sections that man(1) expects.
equal "man page: only known requests" "" \
	"$(grep -E "^[.']" page | grep -vE '^\.(TH|SH|SS|TP|br|nf|fi)( |$)')"
for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" EXAMPLES; do
	equal "man page: $section" 1 "$(grep -c "^\.SH $section\$" page)"
done
equal "man page: fonts are given back" "$(grep -oE '\\f[BI]' page | wc -l)" "$(grep -o '\\fR' page | wc -l)"
if command -v mandoc >/dev/null 2>&1; then
	equal "man page: mandoc finds no error" "" "$(mandoc -Tlint -Werror page 2>&1)"
fi
if command -v groff >/dev/null 2>&1; then
	equal "man page: groff has nothing to say" "" "$(groff -man -Tutf8 -ww -z page 2>&1)"
	equal "man page: it is read as text" yes \
		"$(groff -man -Tascii -P-cbou page | grep -q 'claimscan codes build' && echo yes)"
fi

bash -n bash.completion && ok "bash: syntax" || not_ok "bash: syntax"
# completes WORDS...: what bash would offer for the last of them.
completes() {
	bash -c '. ./bash.completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _claimscan
		printf "%s\n" "${COMPREPLY[@]}"' - "$@" | sort | tr '\n' ' '
}
equal "bash: commands" "scan " "$(completes claimscan s)"
equal "bash: commands of a group" "diff " "$(completes claimscan codes d)"
equal "bash: an option" "--members --memory " "$(completes claimscan scan --mem)"
equal "bash: the words of an option" "drop " "$(completes claimscan scan --cache d)"
equal "bash: files" "options " "$(completes claimscan scan opt)"
