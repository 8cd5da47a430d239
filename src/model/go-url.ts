/**
 * What Go's url.Parse finds wrong with an http or https URL, by which gateways judge; undefined where it finds nothing.
 * Rules of net/url: an escape is % and two hex digits, a port is digits, a bracket in the host is closed, and of ASCII a
 * host holds letters, digits and a closed set of signs. The query is not looked at.
 */
export function goUrlFault(url: string): string | undefined {
  if (/[\u0000-\u001f\u007f]/.test(url)) return 'must not contain control characters';
  const parts = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/is.exec(url);
  if (parts === null) return 'must be an http or https URL with a host';
  const [, authority = '', path = '', fragment = ''] = parts;
  if (hasBadEscape(path) || hasBadEscape(fragment)) return 'has a % that begins no escape such as %20';
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (hasBadEscape(user) || !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user))
    return 'has a user or password with characters that must be escaped';
  return hostFault(authority.slice(at + 1));
}

function hostFault(host: string): string | undefined {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) return 'has a [ in its host that is not closed';
    return portFault(host.slice(end + 1));
  }
  const colon = host.indexOf(':');
  const name = colon < 0 ? host : host.slice(0, colon);
  if (name === '' && colon < 0) return 'must be an http or https URL with a host';
  // An escape in a host stands for a byte beyond ASCII.
  const plain = name.replace(/%[89a-f][0-9a-f]/gi, '');
  if (!/^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]*$/.test(plain))
    return 'has a host with characters that no host has';
  return colon < 0 ? undefined : portFault(host.slice(host.lastIndexOf(':')));
}

function portFault(port: string): string | undefined {
  return /^(:\d*)?$/.test(port) ? undefined : 'has a port that is no number';
}

function hasBadEscape(text: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(text);
}
