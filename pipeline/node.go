package pipeline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// NodeKey names a node of a team's tree: the outcome PAY-O3, the opportunity
// PAY-P5 or the impact PAY-I2. Ideas link to nodes. With a team and a number
// alone it names an outcome.
type NodeKey struct {
	Team   TeamKey
	Kind   NodeKind
	Number int
}

// OutcomeKey names an outcome where no other node can stand.
type OutcomeKey = NodeKey

// NodeKind tells the nodes of a tree apart.
type NodeKind string

// The kinds of nodes, as their keys have them.
const (
	OutcomeNode     NodeKind = ""  // PAY-O3
	OpportunityNode NodeKind = "P" // PAY-P5
	ImpactNode      NodeKind = "I" // PAY-I2
)

// Noun names one of the kind: "opportunity".
func (k NodeKind) Noun() string {
	switch k {
	case OpportunityNode:
		return "opportunity"
	case ImpactNode:
		return "impact"
	}
	return "outcome"
}

var (
	nodeKeyPattern   = regexp.MustCompile(`^([A-Z][A-Z0-9]{1,7})-([OPI])([1-9][0-9]{0,8})$`)
	typedNodePattern = regexp.MustCompile(`^(?:([A-Z][A-Z0-9]{1,7})[\s_‐‑–—-]+)?([OPI])[\s_‐‑–—-]*([1-9][0-9]{0,8})$`)
)

// String is the key as people write it: PAY-O3.
func (k NodeKey) String() string {
	letter := string(k.Kind)
	if k.Kind == OutcomeNode {
		letter = "O"
	}
	return fmt.Sprintf("%s-%s%d", k.Team, letter, k.Number)
}

// IsZero tells whether no node is named.
func (k NodeKey) IsZero() bool { return k == NodeKey{} }

// MarshalText is String; of no key it is nothing.
func (k NodeKey) MarshalText() ([]byte, error) {
	if k.IsZero() {
		return nil, nil
	}
	return []byte(k.String()), nil
}

// UnmarshalText is ParseNodeKey; nothing is no key.
func (k *NodeKey) UnmarshalText(text []byte) (err error) {
	*k = NodeKey{}
	if len(text) > 0 {
		*k, err = ParseNodeKey(string(text))
	}
	return err
}

// ParseNodeKey accepts a node's key in any letter case with surrounding space.
func ParseNodeKey(s string) (NodeKey, error) {
	key, ok := nodeOf(s, nodeKeyPattern)
	if !ok {
		return NodeKey{}, &Problem{
			Code: "node-key-malformed",
			What: "That is not the key of an outcome, an opportunity or an impact. Keys look like PAY-O3, PAY-P5 and PAY-I2.",
			Next: "Type /outcome tree to see those of your team.",
		}
	}
	return key, nil
}

// ParseTypedNode accepts a node's key as people type it: PAY-O3, pay o3, and o3
// for the team that is meant anyway, which is then left empty.
func ParseTypedNode(s string) (NodeKey, error) {
	if key, ok := nodeOf(s, typedNodePattern); ok {
		return key, nil
	}
	return ParseNodeKey(s)
}

// ParseOutcomeKey accepts an outcome's key in any letter case with surrounding
// space.
func ParseOutcomeKey(s string) (OutcomeKey, error) {
	key, ok := nodeOf(s, nodeKeyPattern)
	if !ok || key.Kind != OutcomeNode {
		return OutcomeKey{}, &Problem{
			Code: "outcome-key-malformed",
			What: "That is not an outcome's key. A key looks like PAY-O3.",
			Next: "Choose the outcome from the list.",
		}
	}
	return key, nil
}

func nodeOf(s string, pattern *regexp.Regexp) (NodeKey, bool) {
	parts := pattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if parts == nil {
		return NodeKey{}, false
	}
	number, err := strconv.Atoi(parts[3])
	key := NodeKey{Team: TeamKey(parts[1]), Kind: NodeKind(parts[2]), Number: number}
	if parts[2] == "O" {
		key.Kind = OutcomeNode
	}
	return key, err == nil
}
