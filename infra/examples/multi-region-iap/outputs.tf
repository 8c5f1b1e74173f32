output "address" {
  description = "IP address for the DNS record of the domain."
  value       = google_compute_global_address.shop.address
}

output "next_steps" {
  description = "What to do now."
  value = concat([
    "Point ${var.domain} to ${google_compute_global_address.shop.address}; the certificate follows within the hour.",
    "Add https://iap.googleapis.com/v1/oauth/clientIds/${var.iap_client_id}:handleRedirect to the client's redirect URIs.",
  ], module.sallyport.next_steps)
}
