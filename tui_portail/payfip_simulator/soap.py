"""SOAP as the WSDL of PayFiP says, read from eopayment's copy: requests become values and values answers, by zeep's types of that WSDL.

A request is checked against the schema first: one that breaks it is a fault of the sender. An answer that would break it cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.loader import parse_xml
from zeep.xsd.context import XmlParserContext

from tui_portail.payfip import library_path
from tui_portail.payfip_simulator.faults import Operation

SOAP_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"
EXCEPTIONS = "fr.gouv.finances.cp.tpa.webservice.exceptions"
WSDL_NAME = "PaiementSecuriseService.wsdl"
SCHEMA_NAME = re.compile(r"PaiementSecuriseService_schema[0-9]\.xsd")


class SenderFault(Exception):
    """A message that is not one of this service; the argument says why, for whoever wrote the sender."""


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return the contract, read once. Raises PayFipMissing without the library."""
    return Contract()


class Contract:
    """The WSDL and its schemas, eopayment's copies; threads may use it at once."""

    def __init__(self) -> None:
        self._folder = Path(library_path()).parent / "resource"
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        self._client = zeep.Client((self._folder / WSDL_NAME).as_uri(), settings=settings)
        (service,) = self._client.wsdl.services.values()
        (port,) = service.ports.values()
        self._operations = {Operation(name): port.binding.get(name) for name in port.binding.all()}
        self._schema = etree.XMLSchema(etree.parse(str(self._folder / "PaiementSecuriseService_schema1.xsd")))

    def wsdl(self, service_address: str) -> bytes:
        """Return the WSDL with this address as its port's."""
        document = etree.parse(str(self._folder / WSDL_NAME))
        for address in document.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
            address.set("location", service_address)
        return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8"))

    def schema(self, name: str) -> bytes | None:
        """Return one of the schemas that the WSDL imports, None for any other name."""
        return (self._folder / name).read_bytes() if SCHEMA_NAME.fullmatch(name) else None

    def read(self, message: bytes) -> tuple[Operation, Any]:
        """Return the operation a message asks for and its argument, an object with the schema's fields, None if absent.

        Raises SenderFault.
        """
        try:
            envelope = parse_xml(message, self._client.transport, settings=self._client.settings)  # type: ignore[arg-type]  # bytes are read too
        except ZeepError as error:
            raise SenderFault(f"XML refusé ({type(error).__name__})") from None
        body = envelope.find(f"{{{SOAP_ENVELOPE}}}Body")
        if envelope.tag != f"{{{SOAP_ENVELOPE}}}Envelope" or body is None or len(body) != 1:
            raise SenderFault("un message SOAP 1.1 porte une enveloppe, un corps et un élément")
        for name, operation in self._operations.items():
            expected = operation.input.body
            if body[0].tag == expected.qname.text:
                if not self._schema.validate(body[0]):
                    raise SenderFault(f"le message ne suit pas le schéma : {self._schema.error_log.last_error.message}")
                try:
                    read = expected.parse(body[0], self._client.wsdl.types, XmlParserContext(self._client.settings))
                except ZeepError as error:
                    raise SenderFault(f"le message ne suit pas le WSDL : {error}") from None
                return name, getattr(read, "arg0", None)
        raise SenderFault("aucune opération de ce nom")

    def answer(self, operation: Operation, fields: Mapping[str, str | None]) -> bytes:
        """Return the message that answers an operation. Raises TypeError for a field the schema has not."""
        envelope = self._operations[operation].output.serialize(**{"return": dict(fields)}).content
        if not self._schema.validate(envelope.find(f"{{{SOAP_ENVELOPE}}}Body")[0]):
            raise TypeError(str(self._schema.error_log.last_error))
        return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))

    def fault(self, kind: str, code: str, meaning: str) -> bytes:
        """Return a fault of the service: `kind` is one of the WSDL's (FonctionnelleErreur, TechDysfonctionnementErreur…)."""
        element = self._client.get_element(f"{{{SERVICE}}}{kind}")
        detail = etree.Element("detail")
        element.render(detail, element(code=code, descriptif=meaning, libelle=meaning, severite=2))
        return _fault("Server", f"{EXCEPTIONS}.{kind}", detail)

    def sender_fault(self, why: str) -> bytes:
        """Return the fault of a message that was not understood."""
        return _fault("Client", why)


def _fault(code: str, said: str, detail: Any = None) -> bytes:
    envelope = etree.Element(f"{{{SOAP_ENVELOPE}}}Envelope", nsmap={"S": SOAP_ENVELOPE})
    fault = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP_ENVELOPE}}}Body"), f"{{{SOAP_ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"S:{code}"
    etree.SubElement(fault, "faultstring").text = said
    if detail is not None:
        fault.append(detail)
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))
