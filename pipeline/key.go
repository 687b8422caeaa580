package pipeline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// TeamKey is the short name of a team in all its keys: PAY in PAY-12. Two to
// eight characters, A-Z first, then A-Z and 0-9.
type TeamKey string

// Key names one idea: PAY-12.
type Key struct {
	Team   TeamKey
	Number int
}

var (
	teamKeyPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	keyPattern     = regexp.MustCompile(`^([A-Z][A-Z0-9]{1,7})-([1-9][0-9]{0,8})$`)
)

// String is the key as people write it: PAY-12.
func (k Key) String() string { return fmt.Sprintf("%s-%d", k.Team, k.Number) }

// IsZero tells whether no idea is named.
func (k Key) IsZero() bool { return k == Key{} }

// MarshalText is String; of no key it is nothing.
func (k Key) MarshalText() ([]byte, error) {
	if k.IsZero() {
		return nil, nil
	}
	return []byte(k.String()), nil
}

// UnmarshalText is ParseKey; nothing is no key.
func (k *Key) UnmarshalText(text []byte) (err error) {
	*k = Key{}
	if len(text) > 0 {
		*k, err = ParseKey(string(text))
	}
	return err
}

// ParseTeamKey accepts a key in any letter case with surrounding space.
func ParseTeamKey(s string) (TeamKey, error) {
	up := strings.ToUpper(strings.TrimSpace(s))
	if !teamKeyPattern.MatchString(up) {
		return "", &Problem{
			Code: "team-key-malformed",
			What: "A team key is two to eight letters or digits and starts with a letter, like PAY.",
		}
	}
	return TeamKey(up), nil
}

var typedKeyPattern = regexp.MustCompile(`^(?:([A-Z][A-Z0-9]{1,7})[\s_‐‑–—-]+|([A-Z]{2,8})|#?)([1-9][0-9]{0,8})$`)

// ParseTypedKey accepts an idea's key as people type it: PAY-12, pay 12, pay12,
// and 12 or #12 for the team that is meant anyway, which is then left empty.
func ParseTypedKey(s string) (Key, error) {
	parts := typedKeyPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if parts == nil {
		return ParseKey(s)
	}
	number, err := strconv.Atoi(parts[3])
	if err != nil {
		return Key{}, fmt.Errorf("parse key %q: %w", s, err)
	}
	return Key{Team: TeamKey(parts[1] + parts[2]), Number: number}, nil
}

// ParseKey accepts an idea's key in any letter case with surrounding space.
func ParseKey(s string) (Key, error) {
	parts := keyPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if parts == nil {
		return Key{}, &Problem{
			Code: "key-malformed",
			What: "That is not an idea's key. A key looks like PAY-12.",
			Next: "Type /idea list to see the keys of your team's ideas.",
		}
	}
	number, err := strconv.Atoi(parts[2])
	if err != nil {
		return Key{}, fmt.Errorf("parse key %q: %w", s, err)
	}
	return Key{Team: TeamKey(parts[1]), Number: number}, nil
}
