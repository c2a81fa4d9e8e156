// On the list of passkeys only: most pages that use one have nothing to tell.
/** Tells the password manager what this server knows (WebAuthn level 3, section 5.1.10), where it can. */
function signal(): void {
  const place = document.querySelector<HTMLElement>("[data-passkey-signal]");
  const api = window.PublicKeyCredential as unknown as
    | {
        signalUnknownCredential?: (options: object) => Promise<void>;
        signalAllAcceptedCredentials?: (options: object) => Promise<void>;
      }
    | undefined;
  if (!place || !api) return;
  const { rp, user, accepted, unknown } = place.dataset;
  if (unknown)
    void api.signalUnknownCredential?.({ rpId: rp, credentialId: unknown })?.catch(() => undefined);
  if (user)
    void api
      .signalAllAcceptedCredentials?.({
        rpId: rp,
        userId: user,
        allAcceptedCredentialIds: (accepted || "").split(" ").filter((id) => id !== ""),
      })
      ?.catch(() => undefined);
}

signal();
