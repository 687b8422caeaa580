package drawing

import (
	"cmp"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// The limits of a font folder.
const (
	fontEntries     = 40_000   // files and folders that are walked through
	fontFiles       = 4000     // that are looked at
	fontFileSize    = 64 << 20 // bytes of one
	fontMemory      = 36 << 20 // bytes of those that stay open: emoji and CJK together
	fontsRemembered = 8192     // characters of which the font is remembered
)

// fontFolder is the fonts of a folder. It is only used with Fonts.mu held.
type fontFolder struct {
	files fs.FS
	// memory is how many bytes of font files stay open.
	memory int64
	// fonts in order of preference; nil before the folder was looked at.
	fonts  []*folderFont
	looked bool
	chosen map[string]*folderFont // by character and kind; nil for none
	uses   int
}

// folderFont is one font of a folder.
type folderFont struct {
	name    string
	index   int // in a collection
	size    int64
	picture bool
	penalty int // how far it is from an upright regular sans serif
	ranges  [][2]rune
	broken  bool

	open, bold *typeface // nil while it is not open
	used       int       // when it was used last, counting uses
}

// choose gives the font that has the character; nil for none. picture asks for
// fonts in colour alone.
func (d *fontFolder) choose(f *Fonts, cluster []rune, w weight, picture bool) *typeface {
	d.look()
	key := string(cluster)
	if picture {
		key += "\x00"
	}
	found, known := d.chosen[key]
	if !known || found != nil && found.broken {
		found = d.search(f, cluster, picture)
		if len(d.chosen) >= fontsRemembered {
			clear(d.chosen)
		}
		d.chosen[key] = found
	}
	if found == nil || !d.keep(f, found) {
		return nil
	}
	if w != regular && !found.picture {
		return found.bold
	}
	return found.open
}

// search looks for a font that has the character.
func (d *fontFolder) search(f *Fonts, cluster []rune, picture bool) *folderFont {
	for _, candidate := range d.fonts {
		if candidate.broken || picture && !candidate.picture || !candidate.covers(cluster) {
			continue
		}
		if d.keep(f, candidate) && candidate.open.has(cluster) {
			return candidate
		}
	}
	return nil
}

// keep opens a font and closes those that were not used for longest, as far as
// memory asks for it; false where it cannot be opened.
func (d *fontFolder) keep(f *Fonts, font *folderFont) bool {
	d.uses++
	font.used = d.uses
	if font.open != nil {
		return true
	}
	var open []*folderFont
	total := font.size
	for _, other := range d.fonts {
		if other.open != nil {
			open = append(open, other)
			total += other.size
		}
	}
	slices.SortFunc(open, func(a, b *folderFont) int { return cmp.Compare(a.used, b.used) })
	for _, oldest := range open {
		if total <= d.memory {
			break
		}
		total -= oldest.size
		oldest.open, oldest.bold = nil, nil
		f.forgetShapers()
	}
	parsed := d.read(font)
	if parsed == nil {
		font.broken = true
		return false
	}
	font.open = f.typeface(parsed)
	font.open.picture = font.picture
	font.bold = f.emboldened(font.open)
	return true
}

// read parses a font; nil where it cannot be.
func (d *fontFolder) read(f *folderFont) (parsed *font.Font) {
	file, err := d.files.Open(f.name)
	if err != nil {
		return nil
	}
	defer file.Close()
	defer func() {
		if recover() != nil { // a parser of 300 kinds of tables, given any file
			parsed = nil
		}
	}()
	loaders := loadersOf(file)
	if f.index >= len(loaders) {
		return nil
	}
	parsed, err = font.NewFont(loaders[f.index])
	if err != nil {
		return nil
	}
	return parsed
}

// loadersOf gives the fonts in a file.
func loadersOf(file fs.File) []*opentype.Loader {
	resource, ok := file.(interface {
		io.ReadSeeker
		io.ReaderAt
	})
	if !ok {
		return nil
	}
	loaders, err := opentype.NewLoaders(resource)
	if err != nil {
		return nil
	}
	return loaders
}

// look finds the fonts and which characters they have, once.
func (d *fontFolder) look() {
	if d.looked {
		return
	}
	d.looked = true
	d.chosen = map[string]*folderFont{}
	entries, files := 0, 0
	_ = fs.WalkDir(d.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if entries++; entries > fontEntries {
			return fs.SkipAll
		}
		if err != nil || entry.IsDir() { // what cannot be read is passed over
			return nil
		}
		switch strings.ToLower(path.Ext(name)) {
		case ".ttf", ".otf", ".ttc", ".otc":
		default:
			return nil
		}
		if files++; files > fontFiles {
			return fs.SkipAll
		}
		d.fonts = append(d.fonts, d.describe(name)...)
		return nil
	})
	slices.SortStableFunc(d.fonts, func(a, b *folderFont) int {
		return cmp.Or(a.penalty-b.penalty, strings.Compare(a.name, b.name), a.index-b.index)
	})
}

// describe reads what a font file has, without its glyphs. Of a collection it takes
// the first: the others have the same characters in the shapes of another region.
func (d *fontFolder) describe(name string) (fonts []*folderFont) {
	file, err := d.files.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() > fontFileSize {
		return nil
	}
	defer func() {
		if recover() != nil {
			fonts = nil
		}
	}()
	loaders := loadersOf(file)
	if len(loaders) == 0 {
		return nil
	}
	ld := loaders[0]
	ranges := rangesOf(ld)
	if len(ranges) == 0 {
		return nil
	}
	about, _ := font.Describe(ld, nil)
	found := &folderFont{name: name, size: info.Size(), ranges: ranges}
	for _, tag := range []string{"CBDT", "sbix"} {
		found.picture = found.picture || ld.HasTable(opentype.MustNewTag(tag))
	}
	found.penalty = int(math.Abs(float64(about.Aspect.Weight)-400)) / 100
	if about.Aspect.Style == font.StyleItalic {
		found.penalty += 8
	}
	if about.Aspect.Stretch != font.StretchNormal {
		found.penalty += 4
	}
	family := strings.ToLower(about.Family + path.Base(name))
	for _, other := range []string{"serif", "mono", "display", "math"} {
		if strings.Contains(family, other) {
			found.penalty += 10
		}
	}
	if strings.Contains(family, "noto sans") || strings.Contains(family, "notosans") {
		found.penalty-- // one look for all scripts
	}
	return []*folderFont{found}
}

// rangesOf gives the characters of a font, as pairs of the first and the last.
func rangesOf(ld *opentype.Loader) [][2]rune {
	raw, err := ld.RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return nil
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return nil
	}
	cmap, _, err := font.ProcessCmap(table, tables.FPNone)
	if err != nil {
		return nil
	}
	ranger, ok := cmap.(font.CmapRuneRanger)
	if !ok {
		return nil
	}
	ranges := ranger.RuneRanges(nil)
	slices.SortFunc(ranges, func(a, b [2]rune) int { return cmp.Compare(a[0], b[0]) })
	joined := ranges[:0]
	for _, r := range ranges {
		if n := len(joined); n > 0 && r[0] <= joined[n-1][1]+1 {
			joined[n-1][1] = max(joined[n-1][1], r[1])
			continue
		}
		joined = append(joined, r)
	}
	return slices.Clip(joined)
}

// covers tells whether a font may have all of a character.
func (f *folderFont) covers(cluster []rune) bool {
	for _, r := range cluster {
		if isIgnorable(r) {
			continue
		}
		_, found := slices.BinarySearchFunc(f.ranges, r, func(in [2]rune, r rune) int {
			switch {
			case in[1] < r:
				return -1
			case in[0] > r:
				return 1
			}
			return 0
		})
		if !found {
			return false
		}
	}
	return true
}
