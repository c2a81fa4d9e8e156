// Options as the server writes them (flat, base64url) to what the browser takes; its answer to form fields.
export interface Options {
  challenge: string;
  rp_id: string;
  rp_name?: string;
  user_id?: string;
  user_name?: string;
  verification: UserVerificationRequirement;
  timeout_ms: number;
  algorithms?: Array<{ id: number }>;
  credentials: Array<{ id: string; transports: string[] }>; // allowed or, when one is made, excluded
}

export function bytes_of(text: string): ArrayBuffer {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0)).buffer;
}

export function text_of(bytes: ArrayBuffer | null): string {
  if (bytes === null) return "";
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function descriptors(options: Options): PublicKeyCredentialDescriptor[] {
  return options.credentials.map((credential) => ({
    type: "public-key",
    id: bytes_of(credential.id),
    transports: credential.transports as AuthenticatorTransport[],
  }));
}

export function request_of(options: Options): PublicKeyCredentialRequestOptions {
  return {
    challenge: bytes_of(options.challenge),
    rpId: options.rp_id,
    timeout: options.timeout_ms,
    userVerification: options.verification,
    allowCredentials: descriptors(options),
  };
}

export function creation_of(options: Options): PublicKeyCredentialCreationOptions {
  return {
    challenge: bytes_of(options.challenge),
    rp: { id: options.rp_id, name: options.rp_name || options.rp_id },
    user: {
      id: bytes_of(options.user_id || ""),
      name: options.user_name || "",
      displayName: options.user_name || "",
    },
    pubKeyCredParams: (options.algorithms || []).map(({ id }) => ({ type: "public-key", alg: id })),
    timeout: options.timeout_ms,
    excludeCredentials: descriptors(options),
    authenticatorSelection: { residentKey: "preferred", userVerification: options.verification },
    attestation: "none",
  };
}

/** The answer as fields of a form. */
export function fields_of(credential: PublicKeyCredential): Record<string, string> {
  const response = credential.response as AuthenticatorAssertionResponse & AuthenticatorAttestationResponse;
  const fields: Record<string, string> = {
    credential_id: text_of(credential.rawId),
    client_data: text_of(response.clientDataJSON),
  };
  if (response.attestationObject) {
    fields.attestation = text_of(response.attestationObject);
    fields.transports = response.getTransports ? response.getTransports().join(" ") : "";
  } else {
    fields.authenticator_data = text_of(response.authenticatorData);
    fields.signature = text_of(response.signature);
    fields.user_handle = text_of(response.userHandle);
  }
  return fields;
}
