package pipeline

import (
	"math"
	"strconv"
	"strings"
)

// thinSpace groups digits for people; a line is not broken at it.
const thinSpace = "\u202f"

// ShowNumber writes a number for people: "12 000.5 €", "-3 %". All that was
// typed is shown, what comes of sums is rounded to as many digits as can be
// typed. ParseNumber reads it back.
func ShowNumber(v float64, unit string) string {
	if v != 0 && !math.IsInf(v, 0) && !math.IsNaN(v) {
		rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', numberDigits, 64), 64)
		if err == nil {
			v = rounded
		}
	}
	sign := ""
	number := FormatNumber(v, "")
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	whole, fraction, has := strings.Cut(number, ".")
	var grouped strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 3 {
			grouped.WriteString(thinSpace)
		}
		grouped.WriteRune(digit)
	}
	shown := sign + grouped.String()
	if has {
		shown += "." + fraction
	}
	if unit == "" {
		return shown
	}
	return shown + " " + unit
}
