// On the list of passkeys only: most pages that use one have nothing to tell.
/** Tells the password manager what this server knows (WebAuthn level 3, section 5.1.10), where it can. */
function signal(): void {
  type Tell = (options: object) => Promise<void>;
  const place = document.querySelector<HTMLElement>("[data-passkey-signal]");
  const api = window.PublicKeyCredential as unknown as
    | {
        signalUnknownCredential?: Tell;
        signalAllAcceptedCredentials?: Tell;
        signalCurrentUserDetails?: Tell;
      }
    | undefined;
  if (!place || !api) return;
  const { rp, user, name, accepted, unknown } = place.dataset;
  const quietly = (told?: Promise<void>): void => void told?.catch(() => undefined);
  if (unknown) quietly(api.signalUnknownCredential?.({ rpId: rp, credentialId: unknown }));
  if (!user) return;
  const ids = (accepted || "").split(" ").filter((id) => id !== "");
  const all = { rpId: rp, userId: user, allAcceptedCredentialIds: ids };
  quietly(api.signalAllAcceptedCredentials?.(all));
  quietly(api.signalCurrentUserDetails?.({ rpId: rp, userId: user, name, displayName: name }));
}

signal();
