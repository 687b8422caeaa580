package commands

import (
	"net/url"
	"strconv"

	"alignbot/pipeline"
)

// params is what a button or option carries as its value: "idea=PAY-12&page=2".
// An option's value may have 150 characters, so it stays short. It comes back
// as a claim: ids in it are looked up again and permissions are checked on
// what is found.
type params struct{ url.Values }

func newParams(pairs ...string) params {
	p := params{url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		p.set(pairs[i], pairs[i+1])
	}
	return p
}

// set leaves out what is empty.
func (p params) set(name, value string) params {
	if value != "" {
		p.Values.Set(name, value)
	}
	return p
}

func (p params) encode() string { return p.Values.Encode() }

// decodeParams answers with the stale problem to anything malformed.
func decodeParams(value string) (params, error) {
	values, err := url.ParseQuery(value)
	if err != nil || len(value) > 2000 {
		return params{}, stale
	}
	return params{values}, nil
}

// idea named; the stale problem when none is.
func (p params) idea() (pipeline.Key, error) {
	key, err := pipeline.ParseKey(p.Get("idea"))
	if err != nil {
		return pipeline.Key{}, stale
	}
	return key, nil
}

// node of a team's tree named; the stale problem when none is.
func (p params) node() (pipeline.NodeKey, error) {
	key, err := pipeline.ParseNodeKey(p.Get("node"))
	if err != nil {
		return pipeline.NodeKey{}, stale
	}
	return key, nil
}

// team named; "" when none is.
func (p params) team() (pipeline.TeamKey, error) {
	if p.Get("team") == "" {
		return "", nil
	}
	key, err := pipeline.ParseTeamKey(p.Get("team"))
	if err != nil {
		return "", stale
	}
	return key, nil
}

// page from 1; anything else is page 1.
func (p params) page() int { return max(1, p.number("page")) }

// number named; 0 for none and for what is no number from 1 on that alignbot counts to.
func (p params) number(name string) int {
	n, err := strconv.ParseInt(p.Get(name), 10, 32)
	if err != nil || n < 1 {
		return 0
	}
	return int(n)
}
