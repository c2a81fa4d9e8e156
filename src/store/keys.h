#pragma once
// The keys that the tables need. They live in the key file, never in the database.
#include "crypto/mac.h"
#include "crypto/seal.h"

namespace sallyport::store {

struct Keys {
    const crypto::Sealer& sealer;
    const crypto::RowAuthenticator& rows;
    const crypto::IndexKey& index;
};

}  // namespace sallyport::store
