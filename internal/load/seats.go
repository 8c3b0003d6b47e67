package load

import (
	"go/token"
	"go/types"
	"math/bits"
)

// seats hands out scopes inside a package, each with a position of its own by which types.CheckExpr finds it.
//
// The checker must be given the user's very package, for its messages to say Image and not shop.Image. It finds a scope
// by walking the children of the package's, and nothing can be taken out of a scope again; so the seats hang in a tree of
// fixed width, and finding one costs about the same however many there are.
type seats struct {
	taken         int
	block, branch *types.Scope
}

const (
	// fan is how many children a scope of the tree has.
	fan = 64
	// firstSeat is far from where any file lies in a FileSet.
	firstSeat token.Pos = 1 << (bits.UintSize - 2)
)

// next returns an empty scope inside of, and its position.
func (s *seats) next(of *types.Scope) (*types.Scope, token.Pos) {
	pos := firstSeat + token.Pos(s.taken)
	if s.taken%(fan*fan) == 0 {
		s.block = types.NewScope(of, pos, pos+fan*fan, "specs")
	}
	if s.taken%fan == 0 {
		s.branch = types.NewScope(s.block, pos, pos+fan, "specs")
	}
	s.taken++
	return types.NewScope(s.branch, pos, pos+1, "Go of a spec"), pos
}
