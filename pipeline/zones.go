package pipeline

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"
)

// zoneNames are the cities of the IANA time zone database as Go 1.26 ships it
// (lib/time/zoneinfo.zip), one a line.
//
//go:embed zones.txt
var zoneNames string

// FindZones gives at most most time zones for what somebody typed: those whose
// city begins with it first, then those that contain it. Nothing typed gives
// the first of all.
func FindZones(typed string, most int) []string {
	wanted := strings.ToLower(strings.ReplaceAll(CleanLine(typed), " ", "_"))
	var begin, contain []string
	for zone := range strings.Lines(zoneNames) {
		zone = strings.TrimSpace(zone)
		lower := strings.ToLower(zone)
		city := lower[strings.LastIndex(lower, "/")+1:]
		switch {
		case strings.HasPrefix(city, wanted) || strings.HasPrefix(lower, wanted):
			begin = append(begin, zone)
		case strings.Contains(lower, wanted):
			contain = append(contain, zone)
		}
	}
	found := slices.Concat(begin, contain)
	return found[:min(len(found), most)]
}

// loaded are the zones that were asked for, by name: to read one takes longer than
// to plan a day. There are about six hundred.
var loaded sync.Map

// zoneNamed is a zone by its name; UTC should it be unknown to this build.
func zoneNamed(name string) *time.Location {
	if loc, known := loaded.Load(name); known {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	loaded.Store(name, loc)
	return loc
}

// knownZone tells whether the name can be stored as a team's zone: those of
// the list, and any other that this build can load.
func knownZone(zone string) bool {
	if zone == "" || zone == "Local" {
		return false
	}
	_, err := time.LoadLocation(zone)
	return err == nil
}
