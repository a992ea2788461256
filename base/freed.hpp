// C objects as unique_ptr: `std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>`.
#pragma once

#include <memory>

namespace quietus {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

}  // namespace quietus
