package slacksim

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestTheGuideListsTheMethods(t *testing.T) {
	guide, err := os.ReadFile("../docs/slacksim.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(guide), "### Methods\n")
	list, _, _ = strings.Cut(list, "###")
	listed := strings.Fields(list)
	for method := range methods {
		if !slices.Contains(listed, method) {
			t.Errorf("the guide lacks %s", method)
		}
	}
	for _, method := range listed {
		if _, known := methods[method]; !known {
			t.Errorf("the guide lists %s, which is not there", method)
		}
	}
}
