// What Handrail uses of age-encryption. build.py writes lib/age.js into the builds; it is not here.

export class Encrypter {
  addRecipient(recipient: string): void;
  encrypt(content: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}
