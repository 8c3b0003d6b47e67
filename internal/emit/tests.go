package emit

// tests adds the tests of everything that the spec defines.
func (f *file) tests() {
}
