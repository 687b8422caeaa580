package pipeline

import (
	"slices"
	"strings"
	"time"
)

// Limits of a team's holidays.
const (
	HolidaysMax      = 5000 // entries
	HolidayDaysMax   = 366  // of one entry
	HolidayNameLimit = 100  // runes
	// HolidayYears is how far ahead what comes again every year is noted.
	HolidayYears = 3
	// holidaysSince is the first year that is read: it bounds how long a rule is
	// looked at.
	holidaysSince = 1900
)

// Holiday is one day or several on which a team does not work.
type Holiday struct {
	// First and Last day, both of them free: "2026-12-24", "2027-01-01".
	First string `json:"first"`
	Last  string `json:"last"`
	Name  string `json:"name,omitempty"`
}

// Holidays are those of a team, the first one first.
type Holidays []Holiday

// On tells whether a day, "2026-12-25", is among them.
func (h Holidays) On(day string) bool {
	_, found := h.named(day)
	return found
}

// named is the holiday that a day belongs to.
func (h Holidays) named(day string) (Holiday, bool) {
	// No entry is longer than a year: those that began earlier are over.
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Holiday{}, false
	}
	from := date.AddDate(0, 0, -HolidayDaysMax).Format(time.DateOnly)
	i, _ := slices.BinarySearchFunc(h, from, func(one Holiday, day string) int { return strings.Compare(one.First, day) })
	for _, one := range h[i:] {
		if one.First > day {
			break
		}
		if one.Last >= day {
			return one, true
		}
	}
	return Holiday{}, false
}

// TeamHolidays are the holidays of a team as they are kept, and who changed them last.
type TeamHolidays struct {
	Team    TeamKey   `json:"-"`
	Version int64     `json:"-"`
	Days    Holidays  `json:"days,omitempty"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
}
