#include "tests/support/bundle_maker.hpp"
