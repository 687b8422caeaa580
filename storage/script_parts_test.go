package storage

import "testing"

// TestAScriptKeepsWhatItUses: the functions that are used directly, by another that is, or
// by what stands between them; each in its place.
func TestAScriptKeepsWhatItUses(t *testing.T) {
	source := `local W = KEYS[1]
local function idle()
  if W then
    return 1
  end
end
local function short(x) return x end
local function never(x) return idle() end
local table = {short}
local function inner()
  return 2
end
local function outer()
  return inner()
end
return outer()
`
	want := `local W = KEYS[1]
local function short(x) return x end
local table = {short}
local function inner()
  return 2
end
local function outer()
  return inner()
end
return outer()
`
	if got := withoutUnused(source); got != want {
		t.Errorf("kept\n%s\nwant\n%s", got, want)
	}
}
