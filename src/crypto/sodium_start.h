#pragma once

namespace sallyport::crypto {

/// libsodium chooses its implementations once; every other use of it comes after this. Any thread, any number
/// of times.
void start_sodium();

}  // namespace sallyport::crypto
