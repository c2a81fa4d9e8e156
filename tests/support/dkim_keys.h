#pragma once
// Fresh keys for signing mail, in PEM: no private key lies in the tree.
#include "base/secret.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>

namespace sallyport::test {

inline Secret pem_of(EVP_PKEY* made)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    if (PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("no key");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return Secret::from_text({text, static_cast<std::size_t>(size)});
}

inline Secret rsa_pem(unsigned bits = 2048) { return pem_of(EVP_RSA_gen(bits)); }
inline Secret ed25519_pem() { return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
inline Secret p256_pem() { return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }

}  // namespace sallyport::test
