package pipeline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// The limits of a number that somebody types.
const (
	numberDigits    = 12  // significant ones; a float64 keeps 15
	numberUnitLimit = 40  // runes of a unit that is named beside it
	numberTextLimit = 120 // runes of everything typed
)

// ParseNumber reads a number as people write it: "30", "30,5", "30.5 %",
// "1 000", "1'000", "1,000,000", "-3", "€ 20". With a unit the number must stand
// alone or with that unit; without one it may name its own, which is returned.
// The error is a *Problem of one sentence or two. What can be read in two ways,
// such as "1,000", is refused with both: a pass or a failure hangs on it.
func ParseNumber(typed, unit string) (value float64, unitOut string, err error) {
	unit = CleanLine(unit)
	s := CleanLine(typed)
	shown := Cut(s, 40)
	if !HasVisible(s) {
		return 0, "", numberProblem("number-missing", "Write a number%s, such as 30 or 2.5.", inUnit(unit))
	}
	if Length(s) > numberTextLimit {
		return 0, "", numberProblem("number-text", "Write one number%s in digits, such as 30 or 2.5.", inUnit(unit))
	}
	sign, digits, named, err := splitNumber(evenOut(s), unit, shown)
	if err != nil {
		return 0, "", err
	}
	digits, err = plainDigits(sign, digits, shown)
	if err != nil {
		return 0, "", err
	}
	value, err = strconv.ParseFloat(sign+digits, 64)
	if err != nil {
		return 0, "", fmt.Errorf("parse number %q: %w", shown, err)
	}
	if unit == "" {
		return value, named, nil
	}
	if named != "" && !sameUnit(named, unit) {
		if strings.ContainsFunc(named, isDigit) {
			return 0, "", severalProblem(shown)
		}
		return 0, "", numberProblem("number-unit", "This number is in “%s”, and you wrote “%s”. Write it in “%s”, or without a unit.", unit, Cut(named, 40), unit)
	}
	return value, unit, nil
}

// FormatNumber writes a number in the one form in which it is stored and shown:
// "30.5 %". ParseNumber reads it back to the same value. Three decimals get a
// zero behind them, because 1.125 could be taken for a thousand.
func FormatNumber(v float64, unit string) string {
	if v == 0 {
		v = 0 // not "-0"
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if readsTwoWays(whole, fraction) {
		s += "0"
	}
	if unit == "" {
		return s
	}
	return s + " " + unit
}

func numberProblem(code, format string, args ...any) error {
	return &Problem{Code: code, What: fmt.Sprintf(format, args...)}
}

func inUnit(unit string) string {
	if unit == "" {
		return ""
	}
	return " in “" + unit + "”"
}

// evenOut gives digits, minus signs and apostrophes of any typographic taste
// their plain form.
func evenOut(s string) string {
	return strings.NewReplacer("−", "-", "–", "-", "’", "'", "‘", "'").Replace(width.Fold.String(s))
}

var (
	digitRun   = regexp.MustCompile(`^[0-9](?:[0-9.,' ]*[0-9])?`)
	numberHead = regexp.MustCompile(`^([-+]?) ?(\p{Sc}?) ?([-+]?) ?([.,]?)$`)
	// scaleWord multiplies instead of measuring.
	scaleWord = regexp.MustCompile(`(?i)^(k|mio|mln|bn|thousand|million|billion)s?\.?$`)
	// joinWord announces a second number: 3 of 5, 30 to 40.
	joinWord = regexp.MustCompile(`(?i)^(of|out|to|or|and|x)$`)
)

// splitNumber takes what was typed apart: the sign, "" or "-", the digits with
// their separators, and the unit beside them.
func splitNumber(s, unit, shown string) (sign, digits, named string, err error) {
	s, named = cutUnit(s, evenOut(unit))
	first := strings.IndexFunc(s, isDigit)
	if first < 0 {
		return "", "", "", numberProblem("number-text", "“%s” is not a number. Write one%s in digits, such as 30 or 2.5.", shown, inUnit(unit))
	}
	head := numberHead.FindStringSubmatch(s[:first])
	if head == nil || head[1] != "" && head[3] != "" {
		return "", "", "", numberProblem("number-text", "Begin with the number itself instead of “%s”: 30 or 2.5, for example.", Cut(strings.TrimSpace(s[:first]), 40))
	}
	if head[1]+head[3] == "-" {
		sign = "-"
	}
	digits = digitRun.FindString(s[first:])
	rest := strings.TrimSpace(s[first+len(digits):])
	if head[4] != "" {
		digits = "0" + head[4] + digits // ".5"
	}
	if named != "" {
		if rest += head[2]; rest == "" {
			return sign, digits, named, nil
		}
		if err := checkNamedUnit(rest, shown); err != nil {
			return "", "", "", err
		}
		return "", "", "", severalProblem(shown)
	}
	named = strings.TrimSpace(head[2] + " " + rest)
	if rest != "" {
		if err := checkNamedUnit(rest, shown); err != nil {
			return "", "", "", err
		}
	}
	if n := Length(named); n > numberUnitLimit {
		return "", "", "", numberProblem("number-unit", "A unit has at most %d characters; this one has %d.", numberUnitLimit, n)
	}
	return sign, digits, named, nil
}

// cutUnit takes the unit that was asked for off either end. A unit that begins
// or ends with a digit counts only apart from the number.
func cutUnit(s, unit string) (rest, cut string) {
	if unit == "" || len(s) <= len(unit) {
		return s, ""
	}
	if at := len(s) - len(unit); utf8.RuneStart(s[at]) && strings.EqualFold(s[at:], unit) && (s[at-1] == ' ' || !isDigit(rune(unit[0]))) {
		if rest := strings.TrimSpace(s[:at]); strings.ContainsFunc(rest, isDigit) {
			return rest, unit
		}
	}
	if at := len(unit); utf8.RuneStart(s[at]) && strings.EqualFold(s[:at], unit) && (s[at] == ' ' || !isDigit(rune(unit[at-1]))) {
		if rest := strings.TrimSpace(s[at:]); strings.ContainsFunc(rest, isDigit) {
			return rest, unit
		}
	}
	return s, ""
}

// checkNamedUnit refuses what follows a number and is no unit: another number,
// a word that multiplies, an exponent, half a date.
func checkNamedUnit(unit, shown string) error {
	word, _, _ := strings.Cut(unit, " ")
	start, _ := utf8.DecodeRuneInString(unit)
	switch {
	case scaleWord.MatchString(word):
		return numberProblem("number-scale", "Write the number out in digits, without “%s”: 30000, for example.", word)
	case joinWord.MatchString(word) && strings.ContainsFunc(unit, isDigit):
		return severalProblem(shown)
	case !unicode.IsLetter(start) && !unicode.Is(unicode.Sc, start) && !strings.ContainsRune("%‰°", start):
		if strings.ContainsFunc(unit, isDigit) {
			return severalProblem(shown)
		}
		return numberProblem("number-text", "“%s” is more than a number. Write it in digits, such as 30 or 2.5.", shown)
	case strings.ContainsFunc(word, isDigit):
		return numberProblem("number-text", "“%s” is not a plain number. Write it out in digits, such as 30000.", shown)
	}
	return nil
}

func severalProblem(shown string) error {
	return numberProblem("number-several", "There is more than one number in “%s”. Write a single one.", shown)
}

// plainDigits takes the separators out: "1.000,5" becomes "1000.5".
func plainDigits(sign, s, shown string) (string, error) {
	commas, dots := strings.Count(s, ","), strings.Count(s, ".")
	spaced := strings.ContainsAny(s, " '")
	decimal := ""
	switch {
	case commas > 0 && dots > 0:
		decimal = s[strings.LastIndexAny(s, ".,"):][:1]
	case commas+dots == 1:
		decimal = s[strings.IndexAny(s, ".,"):][:1]
	}
	whole, fraction := s, ""
	if decimal != "" {
		whole, fraction, _ = strings.Cut(s, decimal)
	}
	if !spaced && commas+dots == 1 && readsTwoWays(whole, fraction) {
		thousands, _ := strconv.ParseFloat(sign+whole+fraction, 64)
		decimals, _ := strconv.ParseFloat(sign+whole+"."+fraction, 64)
		other := FormatNumber(decimals, "")
		if !strings.Contains(other, ".") {
			other += ".0"
		}
		return "", numberProblem("number-ambiguous", "“%s” can be read in two ways. Write %s or %s.", shown, FormatNumber(thousands, ""), other)
	}
	joined, ok := joinGroups(whole)
	if !ok || strings.Trim(fraction, "0123456789") != "" {
		if spaced && !strings.ContainsAny(s, ".,'") {
			return "", severalProblem(shown)
		}
		return "", numberProblem("number-separators", "The separators in “%s” leave open which number it is. Write it without those for thousands, such as 1000 or 2.5.", shown)
	}
	joined, fraction = strings.TrimLeft(joined, "0"), strings.TrimRight(fraction, "0")
	significant := strings.TrimLeft(joined+fraction, "0")
	if len(significant) > numberDigits || len(fraction) > numberDigits {
		return "", numberProblem("number-long", "A number has at most %d digits. Round it, or choose a larger unit.", numberDigits)
	}
	if joined == "" {
		joined = "0"
	}
	if fraction == "" {
		return joined, nil
	}
	return joined + "." + fraction, nil
}

// readsTwoWays tells whether a single separator between these digits could
// stand for thousands as well as for decimals.
func readsTwoWays(whole, fraction string) bool {
	return len(fraction) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0'
}

// joinGroups joins groups of three digits, all separated alike.
func joinGroups(s string) (string, bool) {
	at := strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) })
	if at < 0 {
		return s, s != ""
	}
	groups := strings.Split(s, s[at:at+1])
	for i, group := range groups {
		if strings.Trim(group, "0123456789") != "" || i > 0 && len(group) != 3 || len(group) < 1 || len(group) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// unitNames are other ways to write a unit.
var unitNames = map[string]string{
	"percent": "%", "per cent": "%", "pct": "%",
	"eur": "€", "euro": "€", "euros": "€",
	"usd": "$", "gbp": "£",
}

func sameUnit(a, b string) bool { return plainUnit(a) == plainUnit(b) }

func plainUnit(unit string) string {
	unit = strings.ToLower(evenOut(unit))
	if plain, ok := unitNames[unit]; ok {
		return plain
	}
	return unit
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
