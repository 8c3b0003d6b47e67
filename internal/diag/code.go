package diag

// Code names a kind of diagnostic. Codes are stable: a code is never given another meaning.
type Code string

const (
	BadYAML       Code = "AG001" // not YAML, or YAML that a spec may not use
	UnknownKey    Code = "AG002" // a key that the language does not have
	DuplicateKey  Code = "AG003" // a key given twice
	WrongKind     Code = "AG004" // a value of the wrong kind, such as a list for a text
	MissingKey    Code = "AG005" // a key that has to be there
	BadName       Code = "AG006" // a name that cannot be used
	NameCollision Code = "AG007" // a name that is taken
	NeedsQuotes   Code = "AG008" // Go that YAML eats when it is left plain
	BadGo         Code = "AG009" // Go that does not parse
	BadType       Code = "AG010" // Go that does not type-check
	BadImport     Code = "AG011" // an import that cannot be had
	WrongResult   Code = "AG012" // a call whose results do not fit
	WrongElement  Code = "AG013" // an element that does not fit the next stage
	BadSource     Code = "AG014" // a source that cannot be ranged over
	Cycle         Code = "AG015" // a definition that uses itself
	BadValue      Code = "AG016" // a number, duration, rate or word out of its range
	Combination   Code = "AG017" // keys that do not go together
	BadPackage    Code = "AG018" // the package that the spec sits in
	BadExample    Code = "AG019" // an example that does not fit its definition
	Deadlock      Code = "AG020" // a topology or nesting of pools that can deadlock
	Unreachable   Code = "AG021" // a queue or consumer that nothing reaches
	NotTotal      Code = "AG022" // a route that leaves items without a way
	Unbounded     Code = "AG023" // memory without a bound
	Owned         Code = "AG025" // a file that asyncgen did not write
)
