package drawing

import (
	"bytes"
	"fmt"
	"io/fs"
	"sync"

	arabic "eliasnaur.com/font/noto/sans/arabic/regular"
	"eliasnaur.com/font/roboto/robotobold"
	"eliasnaur.com/font/roboto/robotomedium"
	"eliasnaur.com/font/roboto/robotoregular"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/font/gofont/goregular"
)

// weight of text.
type weight int

// The weights.
const (
	regular weight = iota
	medium
	bold
)

// face is how text is set.
type face struct {
	weight weight
	size   float64 // points
}

// ascent is from the top of a line to its baseline, lineHeight to the next line.
func (f face) ascent() float64     { return f.size }
func (f face) lineHeight() float64 { return f.size * 1.32 }

// atOnce is how many PNGs are drawn at one time; the others wait.
const atOnce = 2

// shapersKept is of how many fonts the shaper remembers its tables.
const shapersKept = 24

// Fonts draw text. Those that come with the program have Latin, Greek, Cyrillic and
// Arabic letters; for all others the font folder is searched when one is met. Fonts
// may be used by many at once.
type Fonts struct {
	slots chan struct{} // taken by each PNG that is drawn

	mu      sync.Mutex
	bundled map[weight][]*typeface // in order of preference; nil before the first text
	folder  *fontFolder
	shaper  shaping.HarfbuzzShaper
	masks   masks
	last    int // id of the typeface that was opened last
}

// typeface is a font file that is open.
type typeface struct {
	id   int
	face *font.Face
	upem float64
	// embolden makes strokes thicker, where no bolder font is there.
	embolden bool
	// picture glyphs are in colour: emoji.
	picture bool
}

// OpenFonts gives the fonts that come with the program and those in a folder and
// the folders in it: files named .ttf, .otf, .ttc and .otc. nil is no folder.
// Nothing is read before a text needs it. Where several fonts have a letter, an
// upright sans serif of regular weight is taken, then the first by name; what
// cannot be read as a font is passed over.
func OpenFonts(folder fs.FS) *Fonts {
	f := &Fonts{slots: make(chan struct{}, atOnce)}
	f.forgetShapers()
	if folder != nil {
		f.folder = &fontFolder{files: folder, memory: fontMemory}
	}
	return f
}

// bundle opens the fonts that come with the program. Only called with mu held.
func (f *Fonts) bundle() {
	if f.bundled != nil {
		return
	}
	open := func(name string, ttf []byte) *typeface {
		parsed, err := font.ParseTTF(bytes.NewReader(ttf))
		if err != nil {
			panic(fmt.Sprintf("drawing: the font %s that comes with the program: %v", name, err)) // its bytes are part of the program
		}
		return f.typeface(parsed.Font)
	}
	others := []*typeface{open("Noto Sans Arabic", arabic.TTF), open("Go", goregular.TTF)}
	bolder := make([]*typeface, len(others))
	for i, t := range others {
		bolder[i] = f.emboldened(t)
	}
	f.bundled = map[weight][]*typeface{
		regular: append([]*typeface{open("Roboto", robotoregular.TTF)}, others...),
		medium:  append([]*typeface{open("Roboto Medium", robotomedium.TTF)}, bolder...),
		bold:    append([]*typeface{open("Roboto Bold", robotobold.TTF)}, bolder...),
	}
}

func (f *Fonts) typeface(parsed *font.Font) *typeface {
	f.last++
	return &typeface{id: f.last, face: font.NewFace(parsed), upem: float64(parsed.Upem())}
}

// emboldened is the same font with thicker strokes.
func (f *Fonts) emboldened(t *typeface) *typeface {
	b := *t
	f.last++
	b.id, b.embolden = f.last, true
	return &b
}

// has tells whether a font can draw all of a character, which may be several runes.
func (t *typeface) has(cluster []rune) bool {
	for _, r := range cluster {
		if isIgnorable(r) {
			continue
		}
		if _, ok := t.face.NominalGlyph(r); !ok {
			return false
		}
	}
	return true
}

// choose gives the font for a character; nil where none has it. Only called with
// mu held.
func (f *Fonts) choose(cluster []rune, w weight) *typeface {
	f.bundle()
	if isEmoji(cluster) && f.folder != nil {
		if t := f.folder.choose(f, cluster, w, true); t != nil {
			return t
		}
	}
	for _, t := range f.bundled[w] {
		if t.has(cluster) {
			return t
		}
	}
	if f.folder == nil {
		return nil
	}
	return f.folder.choose(f, cluster, w, false)
}

// forgetShapers lets go of what the shaper remembers of fonts, open ones or not.
func (f *Fonts) forgetShapers() {
	f.shaper = shaping.HarfbuzzShaper{}
	f.shaper.SetFontCacheSize(shapersKept)
}
