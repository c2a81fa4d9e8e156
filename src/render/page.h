#pragma once
// What each page knows of its surroundings. The fields that templates use are declared in
// web/templates/layout.html.
#include "render/message.h"

#include <optional>
#include <string>

namespace sallyport::render {

/// language and zone come from Reader. http fills this for each request; access adds the person.
struct Page : Reader {
    std::string brand = "Sallyport";      // the product whose door this is, as configured
    std::string host = "localhost";       // the exact public host, without scheme: footer, URL checks
    std::string path = "/";               // of this page: where the language page returns to
    std::string build;                    // the build's id, for the diagnostics
    bool signed_in = false;               // the header shows the account's menu and "Lock my account"
    std::string person;                   // the masked address of the signed-in person
    std::optional<Instant> last_sign_in;  // before this one
    std::optional<Message> notice;        // one line above the content (R2: "That page had expired …")
    std::optional<Message> hold;          // the banner of a running hold (R21)
};

/// What each mail knows of its surroundings (ux.md section 7, M1): filled by messages/ for each delivery.
/// Declared in web/templates/mail/layout.html.
struct Letter : Reader {
    std::string brand = "Sallyport";
    std::string host = "localhost";
    std::optional<std::string> words;      // the anti-phishing words; nullopt: this address has none with us
    std::optional<Instant> words_changed;  // within the last 24 h; then words_before too
    std::string words_before;              // as mails on their way still have them
    std::string message_number;            // V-….
    std::optional<std::string> lock_code;  // nullopt for mail to an address without an account
};

}  // namespace sallyport::render
